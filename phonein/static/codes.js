/* Codes at the anonymous door. Where this browser holds passes nobody has to type one; and the receipt is made here, so
   that its question is the first that we see of it. */
(() => {
  'use strict';
  const { all, first } = window.phonein || {}, main = document.getElementById('main');
  if (!first || !location.pathname.startsWith('/q/')) return;
  const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  const store = window.phoneinPasses || { of: () => ({ q: [], v: [] }) };
  const slugOf = box => first('input', box).form.elements.slug.value;
  const held = box => store.of(slugOf(box))[box.dataset.passBox];

  // The box for typing is there where this browser has no pass, or where another one has been typed.
  const showPasses = () => all('[data-pass-box]', main).forEach(box => {
    const typed = first('input', box).value, here = first('[data-here]', box);
    const has = held(box).length > 0 && (!typed || held(box).includes(typed));
    first('[data-typed]', box).hidden = has;
    here.hidden = !has;
    here.textContent = here.textContent.replace(/\d+/, held(box).length);
    all('[data-load]', box).forEach(load => { load.hidden = !store.keep; });
  });

  // One that has been shown stays: somebody may have noted it and come back to the page.
  const showReceipt = () => {
    all('[data-receipt=""]', main).forEach(field => {
      const random = Array.from(crypto.getRandomValues(new Uint8Array(16)), n => LETTERS[n & 31]).join('');
      field.value = first('.number', main).textContent = random.match(/.{4}/g).join('-');
      field.dataset.receipt = 'made here';
    });
    all('[data-copy]', main).forEach(button => { button.hidden = !navigator.clipboard; });
  };

  main.addEventListener('click', event => {
    if (!event.target.closest('[data-copy]')) return;
    navigator.clipboard.writeText(first('.number', main).textContent)
      .then(() => { first('[data-copied]', main).textContent = 'Copied'; });
  });

  // A file of passes that another device has saved.
  main.addEventListener('change', async event => {
    const load = event.target.closest('[data-load]');
    if (!load) return;
    const slug = slugOf(load.closest('[data-pass-box]'));
    const text = await new Response(event.target.files[0]).text(), fits = text.includes('/q/' + slug + '/');
    const [q, v] = text.split('For me too:').map(part => part.match(/[\w-]{43}\.[\w-]{342}/g) || []);
    if (fits) store.keep(slug, { q, v });
    first('[role=status]', load).textContent = fits ? 'Loaded' : 'That file holds no passes for this phone-in';
    showPasses();
  });

  window.phoneinCodes = {
    show() { showPasses(); showReceipt(); },
    // Puts a pass into what is sent, unless one has been typed.
    fill(form, fields) {
      const box = first('[data-pass-box]', form);
      if (box && first('[data-typed]', box).hidden) fields.pass = store.take(fields.slug, box.dataset.passBox);
    },
    // Forgets a pass once the answer says that it is used. True: another device had used it, so the next one goes.
    again(fields, answer) {
      const left = () => store.of(fields.slug).q;
      if (!answer.isSpent || fields.do !== 'ask' || !left().includes(fields.pass)) return false;
      store.spent(fields.slug, 'q', fields.pass);
      if (!answer.isRefused || !left().length) return false;
      fields.pass = store.take(fields.slug, 'q');
      return true;
    },
  };
})();
