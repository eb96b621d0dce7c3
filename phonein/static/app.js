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
  const summary = first('.errors');
  if (summary) {
    summary.focus();
    summary.addEventListener('click', event => {
      const link = event.target.closest('a[href^="#"]');
      const target = link && document.getElementById(link.hash.slice(1));
      if (!target) return;
      event.preventDefault();
      (target.closest('fieldset') || target.closest('.field') || target).scrollIntoView();
      target.focus({ preventScroll: true });
    });
  }

  // 2. Character count: seen at once, spoken after a pause. Counts as the server does: composed characters.
  all('[data-count]').forEach(box => {
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
    const box = first(form.dataset.refresh);
    let latest = 0;
    const refresh = async () => {
      const mine = ++latest;
      const answer = await fetch(form.dataset.refreshUrl || form.action, {
        method: 'POST', body: new FormData(form), headers: { 'X-Requested-With': 'fetch' }, credentials: 'same-origin' });
      if (!answer.ok) return;
      const page = parsed(await answer.text());
      if (mine === latest) fill(box, page.body);
    };
    // The network may be gone: the form still works, and so does its own "Update preview" button.
    form.addEventListener('input', later(() => refresh().catch(() => {}), 400));
  });
  function fill(box, from) {
    box.textContent = '';
    while (from.firstChild) box.appendChild(from.firstChild);
  }

  // 6. A chosen date, said in words: browsers show 11/12 in whichever order they like.
  const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
  const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October',
    'November', 'December'];
  const timeInWords = (hour, minute) => {
    if (!minute && hour % 12 === 0) return hour ? 'midday' : 'midnight';
    return (hour % 12 || 12) + (minute ? ':' + String(minute).padStart(2, '0') : '') + (hour < 12 ? 'am' : 'pm');
  };
  const dateInWords = value => {
    const found = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d))?/.exec(value);
    if (!found) return '';
    const [year, month, day, hour, minute] = found.slice(1).map(Number);
    const weekday = DAYS[new Date(Date.UTC(year, month - 1, day)).getUTCDay()];
    return weekday + ' ' + day + ' ' + MONTHS[month - 1] + ' ' + year + (found[4] ? ', ' + timeInWords(hour, minute) : '');
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
})();
