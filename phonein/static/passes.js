/* The passes that this browser holds. They are drawn for everybody who signs in, before anybody thinks of asking, so that
   having drawn says nothing. On every page, also where it has nothing to do: fetching it must not tell anything either.
   Where a browser cannot (plain http, or too old) nothing happens here, and printed passes do the same. */
(() => {
  'use strict';
  const PREFIX = 'passes:', SHARED = 'shared-computer', EACH = { q: 3, v: 1 };
  const first = selector => document.querySelector(selector);
  const safely = (act, otherwise) => { try { return act(); } catch (error) { return otherwise; } };
  const changed = () => document.dispatchEvent(new Event('passes-changed'));

  // On a shared computer they are kept with the tab, and gone with it.
  const isShared = () => safely(() => localStorage.getItem(SHARED) === 'yes', true);
  const store = () => isShared() ? sessionStorage : localStorage;
  const read = (from, slug) => {
    const kept = safely(() => JSON.parse(from.getItem(PREFIX + slug)), null) || {};
    return { q: kept.q || [], v: kept.v || [] };
  };
  const write = (to, slug, passes) => to.setItem(PREFIX + slug, JSON.stringify(passes));
  const add = (to, slug, more) => {
    const have = read(to, slug), both = purpose => Array.from(new Set(have[purpose].concat(more[purpose] || [])));
    write(to, slug, { q: both('q'), v: both('v') });
  };
  const slugsIn = from => Object.keys(from).filter(key => key.startsWith(PREFIX)).map(key => key.slice(PREFIX.length));
  const move = (from, to) => slugsIn(from).forEach(slug => {
    add(to, slug, read(from, slug));
    from.removeItem(PREFIX + slug);
  });

  const passes = window.phoneinPasses = {
    // All that are left here: {q: […], v: […]}.
    of: slug => safely(() => read(store(), slug), { q: [], v: [] }),
    // One of them, not taken away yet; '' if there is none.
    take: (slug, purpose) => passes.of(slug)[purpose][0] || '',
    // It has been used.
    spent: (slug, purpose, pass) => safely(() => {
      const have = passes.of(slug);
      if (!have[purpose].includes(pass)) return;
      write(store(), slug, Object.assign(have, { [purpose]: have[purpose].filter(one => one !== pass) }));
      changed();
    }),
    keep: (slug, more) => safely(() => { add(store(), slug, more); changed(); })
  };

  const blind = window.phoneinBlind, offer = first('[data-passes]');
  if (!offer || !blind || !window.isSecureContext || !crypto.subtle) return;

  // 1. Drawing.
  let leaves = false, onTheWay = null;
  class Tagged extends Error {}
  const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  const fingerprint = async keys => {
    const moduli = ['q', 'v'].map(purpose => Array.from(blind.fromText(keys[purpose].n)));
    const words = Array.from(new TextEncoder().encode('phonein/1|keys|'));
    const digest = await crypto.subtle.digest('SHA-256', Uint8Array.from(words.concat(...moduli)));
    const bits = Array.from(new Uint8Array(digest, 0, 20), byte => byte.toString(2).padStart(8, '0')).join('');
    const letters = bits.match(/.{5}/g).map(five => LETTERS[parseInt(five, 2)]).join('');
    return letters.match(/.{4}/g).join('-');
  };
  // The keys as everybody gets them, for nobody can know who is asking. Others here would be there to tell us apart.
  const keysFor = async one => {
    const address = offer.dataset.questionsUrl + '/q/' + one.slug + '/keys';
    const answer = await fetch(address, { credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store' });
    const keys = (await answer.json()).keys;
    if (await fingerprint(keys) !== one.print) throw new Tagged();
    return { q: await blind.key(keys.q), v: await blind.key(keys.v) };
  };
  const draw = async one => {
    const keys = await keysFor(one), hidden = {}, sent = {}, drawn = {};
    for (const purpose in EACH) {
      const some = Array.from({ length: EACH[purpose] }, () => blind.hide(keys[purpose], blind.prepare(purpose, one.slug)));
      hidden[purpose] = await Promise.all(some);
      sent[purpose] = hidden[purpose].map(each => blind.toText(each.hidden));
    }
    if (leaves) return;
    const answer = await fetch('/app/phone-ins/' + one.slug + '/passes', {
      method: 'POST', credentials: 'same-origin', cache: 'no-store', body: JSON.stringify(sent),
      headers: { 'Content-Type': 'application/json', 'X-CSRFToken': first('[name=csrf_token]').value } });
    if (!answer.ok) throw Error('not given');
    const signed = await answer.json();
    for (const purpose in EACH) {
      drawn[purpose] = await Promise.all(signed[purpose].map(async (text, i) => {
        const mine = hidden[purpose][i];
        const good = await blind.finish(keys[purpose], mine, blind.fromText(text)).catch(() => { throw new Tagged(); });
        return blind.toText(mine.message.slice(0, 32)) + '.' + blind.toText(good);
      }));
    }
    passes.keep(one.slug, drawn);
  };
  // A second tab waits, and then finds that there is nothing left to do. The second draw is for whoever lost the first;
  // on a shared computer that is everybody, every day, so there it is left for a printed page.
  const wants = one => store().getItem(PREFIX + one.slug) === null && one.left > (isShared() ? 1 : 0);
  const alone = act => navigator.locks ? navigator.locks.request('passes', act) : act();
  // Passes that are on their way are counted, and would be lost with the page: whoever goes on goes when they are there.
  const goOnLater = (event, goOn) => {
    if (!onTheWay) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    leaves = true;
    const longEnough = new Promise(done => setTimeout(done, 2000));
    Promise.race([onTheWay, longEnough]).catch(() => {}).then(() => { onTheWay = null; goOn(); });
  };
  addEventListener('click', event => {
    const link = event.target.closest('a[href]'), opensElsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
    if (!link || opensElsewhere || event.button || link.target || link.download || !/^http/.test(link.protocol)) return;
    if (link.href.split('#')[0] !== location.href.split('#')[0]) goOnLater(event, () => link.click());
  }, true);
  addEventListener('submit', event => {
    const form = event.target, button = event.submitter;
    goOnLater(event, () => form.requestSubmit(button));
  }, true);
  addEventListener('beforeunload', () => { leaves = true; });
  const drawAll = async () => {
    let drew = false;
    for (const one of JSON.parse(offer.dataset.passes)) {
      if (leaves) return;
      if (!wants(one)) continue;
      onTheWay = draw(one);
      await onTheWay;
      onTheWay = null;
      drew = true;
    }
    // What one tab has written the others see a moment later: until then they must not look.
    if (drew) await new Promise(done => setTimeout(done, 250));
  };
  const forgetOld = () => {
    const known = JSON.parse(offer.dataset.passes).map(one => one.slug);
    [localStorage, sessionStorage].forEach(from => slugsIn(from).forEach(slug => {
      if (!known.includes(slug)) from.removeItem(PREFIX + slug);
    }));
  };

  // 2. What the page says of it.
  const box = first('[data-shared]'), here = first('[data-passes-of]');
  const many = (n, one, more) => n === 1 ? one : n + ' ' + more;
  const show = () => {
    box.checked = isShared();
    if (!here) return;
    const { q, v } = passes.of(here.dataset.passesOf), parts = [];
    if (q.length) parts.push(many(q.length, '1 pass for a question', 'passes for questions'));
    if (v.length) parts.push('the pass for “me too”');
    first('[data-passes-held]').textContent = 'This browser holds ' + (parts.join(' and ') || 'no passes') + '.';
    first('[data-passes-out]').hidden = !parts.length;
  };
  const said = words => { first('[data-passes-said]').textContent = words; };
  let copied = 0;
  const copy = async () => {
    const { q, v } = passes.of(here.dataset.passesOf), all = q.concat(v), i = copied++ % all.length;
    const field = first('[data-passes-shown]');
    field.value = all[i];
    field.parentElement.hidden = false;
    const what = i < q.length ? 'Pass ' + (i + 1) + ' of ' + q.length : 'The pass for “me too”';
    const done = await navigator.clipboard.writeText(all[i]).then(() => true, () => false);
    said(what + (done ? ' is copied. It stands below, too.' : ' stands below: copy it from there.'));
  };
  const save = () => {
    const { q, v } = passes.of(here.dataset.passesOf), parts = ['Ask at ' + here.dataset.askAt];
    if (q.length) parts.push('Each works for one question:', ...q);
    if (v.length) parts.push('For me too:', ...v);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([parts.join('\r\n\r\n') + '\r\n'], { type: 'text/plain' }));
    link.download = 'passes.txt';
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    said('Your passes are saved in the file passes.txt.');
  };
  const share = () => {
    localStorage.setItem(SHARED, box.checked ? 'yes' : 'no');
    if (box.checked) move(localStorage, sessionStorage); else move(sessionStorage, localStorage);
    show();
  };

  safely(() => {
    forgetOld();
    show();
    offer.hidden = false;
    box.addEventListener('change', () => safely(share));
    document.addEventListener('passes-changed', show);
    addEventListener('storage', show);
    if (here) {
      here.hidden = false;
      first('[data-passes-copy]').addEventListener('click', copy);
      first('[data-passes-save]').addEventListener('click', save);
    }
    // Whatever else goes wrong (no network, signed out meanwhile, no room) is tried again on the next page.
    alone(drawAll).catch(error => { if (error instanceof Tagged) first('[data-passes-tagged]').hidden = false; });
  });
})();
