/* The run view: the clock ticks, notes are kept while they are typed, and what cannot be sent now is sent again.
   Nothing is kept in the browser. */
(() => {
  'use strict';
  const { all, first, parsed, enhance, later } = window.phonein, AGAIN = 4000, ASK = 15000;
  let begun, notes, sending = 0;

  const watch = n => Math.floor(Math.abs(n) / 60) + ':' + String(Math.abs(n) % 60).padStart(2, '0');
  const tick = () => {
    const since = Math.floor((Date.now() - begun) / 1000);
    all('[data-gone]').forEach(one => { one.textContent = watch(Number(one.dataset.gone) + since); });
    all('[data-left]').forEach(one => {
      const left = Number(one.dataset.left) - since;
      one.textContent = watch(left) + (left < 0 ? ' over' : ' left');
      one.parentNode.classList.toggle('over', left < 0);
    });
  };

  const noLine = is => all('[data-no-line]').forEach(one => { one.hidden = !is; });
  const pause = () => new Promise(go => {
    const done = () => { removeEventListener('online', done); go(); };
    addEventListener('online', done);
    setTimeout(done, AGAIN);
  });
  // Until there is an answer: a line that is away and a server that is busy are the same to whoever waits.
  const insist = async (url, options) => {
    for (;;) {
      try {
        const answer = await fetch(url, Object.assign({ credentials: 'same-origin', cache: 'no-store' }, options));
        if (answer.status < 500) { noLine(false); return answer; }
      } catch (error) { /* tried again below */ }
      noLine(true);
      await pause();
    }
  };
  const post = (url, body, headers) => insist(url, { method: 'POST', body, redirect: 'manual', headers: headers || {} });
  const here = async () => (await insist(location.href)).text();

  const show = text => {
    const page = parsed(text), main = first('#main', page);
    // Signed out, or refused: that page has no room for what is typed on this one.
    if (!main || !first('[data-no-line]', main)) {
      const why = first('[data-stopped]');
      first('b', why).textContent = (main ? first('h1', main) : page.body).textContent + '.';
      why.hidden = false;
      return why.scrollIntoView();
    }
    document.title = page.title;
    first('#main').replaceWith(main);
    begin();
    enhance(main);
    const wanted = first('.errors', main) || first('[autofocus]', main);
    if (wanted) wanted.focus();
    else scrollTo(0, 0);
  };

  const keeper = form => {
    const box = first('[name=words]', form), said = first('[data-said]', form), edition = form.elements.edition;
    let kept = box.value, last = Promise.resolve();
    const send = async () => {
      const words = box.value, body = new FormData(form);
      said.textContent = 'Keeping…';
      const answer = await post(form.dataset.keep, body, { 'X-Requested-With': 'fetch' });
      if (answer.ok) {
        kept = words;
        edition.value = (await answer.json()).edition;
        said.textContent = 'Kept.';
      } else if (answer.status === 409) {
        const other = await answer.json();
        edition.value = other.edition;
        kept = other.theirs;
        box.value = words + '\n\nWritten meanwhile on another device: ' + other.theirs;
        said.textContent = 'Somebody else has changed this note. Theirs now stands below yours.';
        return true;
      } else said.textContent = answer.status === 422 ? 'Too long, or a character in it cannot be kept.' : 'Not kept: you are signed out. Copy your note, then open this page again.';
      return answer.ok;
    };
    // One after the other, until all of it is kept or it is refused.
    const keep = () => {
      last = last.then(async () => { while (box.value !== kept && await send()); });
      return last;
    };
    box.addEventListener('input', later(keep, 1000));
    return { keep, isOpen: () => box.value !== kept };
  };

  // Keeps what is typed anywhere, the first note that is refused gets the focus.
  const refused = async () => {
    for (const note of notes) await note.keep();
    const open = notes.find(note => note.isOpen());
    if (open) first('[name=words]', open.form).focus();
    return open;
  };
  const press = async (form, button) => {
    const open = await refused();
    if (open) {
      first('[data-said]', open.form).textContent += ' What you pressed is not done.';
      delete form.dataset.sent;
      return;
    }
    const body = new FormData(form);
    if (button && button.name) body.append(button.name, button.value);
    const answer = await post(button && button.getAttribute('formaction') || form.action, body);
    if (await refused()) return; // typed meanwhile
    show(await (answer.type === 'opaqueredirect' ? here() : answer.text()));
  };
  document.addEventListener('submit', async event => {
    const form = event.target;
    if (event.defaultPrevented || !form.matches('[data-line]')) return;
    event.preventDefault();
    if (sending) return;
    sending = 1;
    await press(form, event.submitter);
    sending = 0;
  });
  // A key held down would go through the whole agenda.
  document.addEventListener('keydown', event => {
    if (event.repeat && event.key === 'Enter' && event.target.closest('[data-line] button')) event.preventDefault();
  });
  addEventListener('beforeunload', event => {
    if (sending || notes.some(note => note.isOpen())) event.preventDefault();
  });

  function begin() {
    begun = Date.now();
    notes = all('form[data-keep]').filter(form => form.elements.words).map(form => Object.assign(keeper(form), { form }));
  }
  begin();
  if (!first('.clock')) return;
  setInterval(tick, 1000);
  setInterval(async () => {
    const clock = first('[data-ask]');
    if (!clock || document.hidden || sending) return;
    const answer = await fetch(clock.dataset.ask, { credentials: 'same-origin', cache: 'no-store' }).catch(() => null);
    const is = answer && answer.ok && (await answer.json().catch(() => ({}))).edition;
    if (is && is !== clock.dataset.edition) all('[data-changed]').forEach(one => { one.hidden = false; });
  }, ASK);
})();
