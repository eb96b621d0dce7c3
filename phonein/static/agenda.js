/* The agenda moves in place, and the presenter view turns its pages without leaving the full screen. Without this file
   every button and link of both does the same with a page load. ES2017, nothing from elsewhere. */
(() => {
  'use strict';
  const { all, first, parsed } = window.phonein || {};
  if (!all) return;

  // 1. The agenda: what its forms send changes only the list, and the focus stays where it was.
  const box = first('[data-agenda]'), spoken = document.getElementById('agenda-said');
  let last = Promise.resolve();

  // Heard and seen, as after a page load: with its button to undo, where there is one.
  const say = (words, told) => {
    all('.said', first('#main')).forEach(old => old.remove());
    if (told) spoken.appendChild(told);
    if (told || !words) return;
    const wrong = document.createElement('div');
    wrong.className = 'said warn';
    wrong.appendChild(document.createElement('p')).textContent = words;
    spoken.appendChild(wrong);
  };
  const send = (form, button) => {
    const held = document.activeElement && document.activeElement.id;
    const act = async () => {
      const fields = new FormData(document.contains(form) ? form : again(form));
      if (button && button.name) fields.append(button.name, button.value);
      const answer = await fetch(form.action, { method: 'POST', body: fields, credentials: 'same-origin' });
      const page = parsed(await answer.text()), list = first('[data-agenda]', page);
      if (!list) { window.location.reload(); return; }
      show(list, page, held);
    };
    last = last.then(act).catch(() => say('That did not get through. Look whether the network is there, then try again.'));
    return last;
  };
  // A form that has been drawn anew meanwhile: by where it sends to.
  const again = form => all('form', box).find(one => one.action === form.action) || form;

  function show(list, page, held) {
    const open = all('details[open]', box).map(part => part.closest('li').id);
    const typing = document.activeElement, wasHere = box.contains(typing) || typing === document.body;
    const wasReady = typing.closest('#ready') !== null;
    const typed = all('input[type=text], textarea', box).filter(field => field.value !== field.defaultValue);
    box.textContent = '';
    while (list.firstChild) box.appendChild(list.firstChild);
    const ready = document.getElementById('ready'), fresh = page.getElementById('ready');
    if (ready && fresh) ready.replaceWith(fresh);
    open.forEach(id => { const part = first('details', document.getElementById(id) || document.createElement('p')); if (part) part.open = true; });
    say(all('.errors a', page).map(words => words.textContent).join(' '), first('.said', page));
    typed.forEach(field => { const same = document.getElementById(field.id); if (same) same.value = field.value; });
    dress();
    const conflict = document.getElementById('meanwhile');
    if (conflict) { conflict.focus(); return; }
    if (wasReady) (first('#ready button') || document.getElementById('ready-title')).focus();
    else if (wasHere) focusOn((typing && typing.id) || held);
  }
  // Where that is gone, the list as a whole.
  function focusOn(id) {
    let target = document.getElementById(id || 'order-title') || document.getElementById('order-title');
    if (target && target.getAttribute('aria-disabled') === 'true') {
      target = document.getElementById(id.startsWith('up-') ? id.replace('up-', 'down-') : id.replace('down-', 'up-'));
    }
    target.focus();
  }

  // Minutes are kept as soon as they are typed; the button is for those without this file.
  const minutes = input => input.form && input.form.id === 'all-minutes' && input.type === 'text';
  function dress() {
    all('[data-save]', box).forEach(row => { row.hidden = true; });
    all('.running > li', box).forEach(item => { item.draggable = true; });
  }

  if (box) {
    dress();
    // Which button it was, for browsers that do not say so.
    let pressed = null;
    document.addEventListener('click', event => { pressed = event.target.closest('button'); });
    const main = document.getElementById('main');
    main.addEventListener('submit', event => {
      const form = event.target;
      if (!box.contains(form) && !form.closest('#ready')) return;
      event.preventDefault();
      const button = event.submitter || (pressed && pressed.form === form ? pressed : null);
      if (button && button.getAttribute('aria-disabled') === 'true') return;
      send(form, button);
    });
    main.addEventListener('change', event => { if (minutes(event.target)) send(event.target.form); });

    // Dragging does what the arrows do, for those who have a mouse.
    let dragged = null;
    const over = event => event.target.closest && event.target.closest('.running > li');
    const isBelow = (event, item) => event.clientY > item.getBoundingClientRect().top + item.offsetHeight / 2;
    const tidy = () => all('.is-over, .is-over-below', box).forEach(item => item.classList.remove('is-over', 'is-over-below'));
    box.addEventListener('dragstart', event => {
      if (event.target.closest('input, textarea')) { event.preventDefault(); return; }
      dragged = over(event);
      if (!dragged) return;
      event.dataTransfer.setData('text/plain', '');
      event.dataTransfer.effectAllowed = 'move';
      dragged.classList.add('is-dragged');
    });
    box.addEventListener('dragover', event => {
      const item = over(event);
      if (!dragged || !item) return;
      event.preventDefault();
      tidy();
      item.classList.add(isBelow(event, item) ? 'is-over-below' : 'is-over');
    });
    box.addEventListener('dragend', () => { tidy(); if (dragged) dragged.classList.remove('is-dragged'); dragged = null; });
    box.addEventListener('drop', event => {
      const item = over(event);
      if (!dragged || !item) return;
      event.preventDefault();
      const from = Number(dragged.dataset.place), below = isBelow(event, item);
      let place = Number(item.dataset.place) + (below ? 1 : 0);
      if (from < place) place -= 1;
      if (place !== from) send(first('.steps', dragged), { name: 'place', value: String(place) });
    });
  }

  // 2. The presenter view: arrows to the left and to the right, and a full screen that stays.
  if (first('[data-stage]')) {
    const turn = async link => {
      const answer = await fetch(link.href, { credentials: 'same-origin' });
      const page = parsed(await answer.text()), next = first('[data-stage]', page);
      if (!answer.ok || !next) { window.location.assign(link.href); return; }
      first('[data-stage]').replaceWith(next);
      document.title = page.title;
      window.history.replaceState(null, '', link.href);
      offer();
      first('h1').focus();
    };
    const go = way => {
      const link = first('a[rel=' + way + ']');
      if (link) turn(link).catch(() => window.location.assign(link.href));
    };
    const offer = () => all('[data-full-screen]').forEach(button => {
      button.hidden = !document.documentElement.requestFullscreen;
      button.addEventListener('click', () => {
        if (document.fullscreenElement) document.exitFullscreen();
        else document.documentElement.requestFullscreen().catch(() => {});
      });
    });
    document.addEventListener('keydown', event => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      if (event.key === 'ArrowRight') go('next');
      if (event.key === 'ArrowLeft') go('prev');
    });
    document.addEventListener('click', event => {
      const link = event.target.closest('a[rel=next], a[rel=prev]');
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      go(link.rel);
    });
    offer();
  }
})();
