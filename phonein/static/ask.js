/* The anonymous door without cookies, every request of one size. On every page: fetching it says nothing. */
(() => {
  'use strict';
  const codes = window.phoneinCodes;
  if (!codes) return;
  const { first, parsed, enhance } = window.phonein, main = first('#main');
  const STEP = 16384;  // bytes: room for 3,000 characters of any script and all that goes with them
  let kept = {}, at = 0, busy;

  const send = async fields => {
    const write = pad => JSON.stringify(Object.assign({}, fields, { pad }));
    const missing = -new TextEncoder().encode(write('')).length & STEP - 1;
    const gone = new AbortController();
    setTimeout(() => gone.abort(), 30000);
    const answer = await fetch('/q/', { method: 'POST', body: write('0'.repeat(missing)), credentials: 'omit',
      cache: 'no-store', referrerPolicy: 'no-referrer', headers: { 'Content-Type': 'application/json' },
      signal: gone.signal });
    const { title, page } = await answer.json(), body = parsed(page).body;
    return { title, nodes: Array.from(body.childNodes), isRefused: answer.status === 422,
      isSpent: first('[data-spent]', body) };
  };

  const show = ({ title, nodes }) => {
    main.textContent = '';
    nodes.forEach(node => main.appendChild(node));
    document.title = title;
    codes.show();
    first('h1', main).tabIndex = -1;
    first('h1', main).focus();
    scrollTo(0, 0);
  };
  const keep = () => { kept[at] = { title: document.title, nodes: Array.from(main.childNodes) }; };

  const answered = (answer, slug) => {
    if (!answer.isRefused) {  // or it is the same form again, with what was wrong
      keep();
      history.pushState(++at, '', '/q/' + slug + '/');
      if (answer.isSpent) kept = {};  // it is sent: whoever goes back must not find it
    }
    show(answer);
    enhance(main);
  };

  document.addEventListener('submit', async event => {
    const form = event.target, button = event.submitter || document.activeElement, fields = {};
    if (event.defaultPrevented || form.getAttribute('action') !== '/q/') return;
    event.preventDefault();
    if (busy) return;
    busy = true;
    new FormData(form).forEach((value, name) => { fields[name] = value; });
    if (button.name) fields[button.name] = button.value;
    try {
      codes.fill(form, fields);
      let answer;
      do answer = await send(fields); while (codes.again(fields, answer));
      answered(answer, fields.slug);
    } catch (error) {
      const said = first('.note-bad', form) || form.insertBefore(document.createElement('p'), form.firstChild);
      said.className = 'note note-bad';
      said.tabIndex = -1;
      said.textContent = 'We could not reach the service. All you typed is still here. Check your connection and press ' +
        'the button again: nothing is sent twice.';
      said.focus();
    }
    busy = false;
    delete form.dataset.sent;
  });

  addEventListener('popstate', ({ state }) => {
    if (state === null || state === at) return;
    if (!kept[state]) return location.reload();
    keep();
    show(kept[at = state]);
  });
  history.replaceState(at, '');
  codes.show();
})();
