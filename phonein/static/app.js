/* Makes good pages a little better: every page also works with this file blocked. ES2017, nothing from elsewhere. */
(() => {
  'use strict';
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const first = (selector, root = document) => root.querySelector(selector);

  // Runs `act` once things have been quiet for a while.
  const later = (act, wait) => {
    let timer;
    return () => { clearTimeout(timer); timer = setTimeout(act, wait); };
  };

  // The one Trusted Types policy: only for HTML that our own server has rendered.
  const policy = window.trustedTypes && window.trustedTypes.createPolicy('own', { createHTML: text => text });
  const parsed = text => new DOMParser().parseFromString(policy ? policy.createHTML(text) : text, 'text/html');

  // 1. Error summary: it gets the focus, and its links put the focus into the field with the label in view.
  const summarise = root => all('.errors', root).forEach(summary => {
    summary.focus();
    summary.addEventListener('click', event => {
      const link = event.target.closest('a[href^="#"]');
      const target = link && document.getElementById(link.hash.slice(1));
      if (!target) return;
      event.preventDefault();
      (target.closest('fieldset') || target.closest('.field') || target).scrollIntoView();
      target.focus({ preventScroll: true });
    });
  });

  // 2. Character count: seen at once, spoken after a pause. Counts as the server does: composed characters.
  const count = root => all('[data-count]', root).forEach(box => {
    const input = first('textarea, input', box), seen = first('.count', box), spoken = first('[role=status]', box);
    const left = () => Number(box.dataset.count) - Array.from(input.value.normalize()).length;
    const words = n => {
      const many = Math.abs(n) === 1 ? '1 character' : Math.abs(n) + ' characters';
      return n < 0 ? 'You are ' + many + ' over the limit' : 'You have ' + many + ' left';
    };
    const speak = later(() => { spoken.textContent = words(left()); }, 1000);
    const show = () => {
      seen.textContent = words(left());
      seen.classList.toggle('over', left() < 0);
    };
    input.addEventListener('input', () => { show(); speak(); });
    show();
  });

  // 3. data-show-when="name=one|two": shown only while one of these is chosen. Without JavaScript everything shows.
  all('[data-show-when]').forEach(part => {
    const [name, values] = part.dataset.showWhen.split('=');
    const inputs = all('[name="' + name + '"]'), wanted = values.split('|');
    const chosen = input => input.matches('select') || input.checked;
    const show = () => { part.hidden = !inputs.some(input => chosen(input) && wanted.includes(input.value)); };
    inputs.forEach(input => input.addEventListener('change', show));
    show();
  });

  // 4. A form is sent once, however often its button is pressed; after three seconds it may be sent again.
  document.addEventListener('submit', event => {
    const form = event.target;
    if (event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = 'yes';
    setTimeout(() => { delete form.dataset.sent; }, 3000);
  });

  // 5. <form data-refresh="#preview" data-refresh-url="…">: posts the form as it stands, shows the fragment that comes back.
  all('form[data-refresh]').forEach(form => {
    const box = first(form.dataset.refresh), spoken = first('[data-refresh-said]', form);
    let latest = 0;
    const refresh = async () => {
      const mine = ++latest;
      const answer = await fetch(form.dataset.refreshUrl || form.action, {
        method: 'POST', body: new FormData(form), headers: { 'X-Requested-With': 'fetch' }, credentials: 'same-origin' });
      if (!answer.ok) return;
      const page = parsed(await answer.text());
      if (mine !== latest) return;
      const words = first('[data-say]', page);
      fill(box, page.body);
      if (spoken) spoken.textContent = words ? words.textContent : '';
    };
    // The network may be gone: the form's own button does the same.
    form.addEventListener('input', later(() => refresh().catch(() => {}), 400));
  });
  // The focus stays on the same button, if that is there again.
  function fill(box, from) {
    const held = box.contains(document.activeElement) ? document.activeElement : null;
    box.textContent = '';
    while (from.firstChild) box.appendChild(from.firstChild);
    const again = held && all('button', box).find(button => button.name === held.name && button.value === held.value);
    if (again) again.focus();
  }

  // 6. A chosen date, said in words: browsers show 11/12 in whichever order they like.
  const LONG = { timeZone: 'UTC', weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' };
  const timeInWords = (hour, minute) => {
    if (!minute && hour % 12 === 0) return hour ? 'midday' : 'midnight';
    return (hour % 12 || 12) + (minute ? ':' + String(minute).padStart(2, '0') : '') + (hour < 12 ? 'am' : 'pm');
  };
  const dateInWords = value => {
    const found = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d))?/.exec(value);
    if (!found) return '';
    const [year, month, day, hour, minute] = found.slice(1).map(Number);
    const said = new Date(Date.UTC(year, month - 1, day)).toLocaleDateString('en-GB', LONG).replace(',', '');
    return said + (found[4] ? ', ' + timeInWords(hour, minute) : '');
  };
  all('[data-echo-date]').forEach(input => {
    const echo = document.getElementById(input.dataset.echoDate);
    const say = () => { echo.textContent = dateInWords(input.value); };
    input.addEventListener('input', later(say, 300));
    say();
  });

  // 7. Print buttons: of no use without JavaScript, so hidden until now.
  all('[data-print]').forEach(button => {
    button.hidden = false;
    button.addEventListener('click', () => window.print());
  });

  // Also for what ask.js puts in place of a page.
  const enhance = root => { count(root); summarise(root); };
  enhance(document);
  window.phonein = { all, first, parsed, enhance, later };
})();
