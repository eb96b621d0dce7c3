/* Blind passes, RFC 9474 (RSABSSA-SHA384-PSS-Randomized): draw one by lot, hide it, finish what was signed. Pure. */
(() => {
  'use strict';
  const join = (...parts) => Uint8Array.from(parts.flatMap(part => [...part]));
  const random = size => crypto.getRandomValues(new Uint8Array(size));
  const toNumber = bytes => bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const toBytes = (number, size) => Uint8Array.from({ length: size }, (_, i) =>
    Number(number >> BigInt(8 * (size - 1 - i)) & 255n));
  const toText = bytes => btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
  const fromText = text => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), sign => sign.charCodeAt());
  const sha = async bytes => new Uint8Array(await crypto.subtle.digest('SHA-384', bytes));

  const power = (base, exponent, n) => {
    let result = 1n;
    for (; exponent; exponent >>= 1n, base = base * base % n) if (exponent & 1n) result = result * base % n;
    return result;
  };
  const inverse = (number, n) => {
    let [a, b, x, y] = [n, number, 0n, 1n];
    while (b) [a, b, x, y] = [b, a % b, y, x - a / b * y];
    if (a !== 1n) throw Error('no inverse');
    return (x + n) % n;
  };
  const below = (n, size) => {
    for (;;) {
      const drawn = toNumber(random(size));
      if (drawn > 1n && drawn < n) return drawn;
    }
  };

  // EMSA-PSS, RFC 8017 9.1.1, for a modulus whose first bit is set.
  const encode = async (message, salt, size) => {
    const h = await sha(join(new Uint8Array(8), await sha(message), salt));
    const db = join(new Uint8Array(size - salt.length - 50), [1], salt);
    for (let i = 0; i * 48 < db.length; i++) {
      (await sha(join(h, [0, 0, 0, i]))).forEach((byte, j) => { db[i * 48 + j] ^= byte; });
    }
    db[0] &= 127;
    return join(db, h, [188]);
  };

  window.phoneinBlind = {
    toText, fromText,
    // A public key of ours: 2048 bits and 65537, or none at all.
    key: async ({ kty, n, e }) => {
      const raw = fromText(n), size = 256;
      if (kty !== 'RSA' || e !== 'AQAB' || raw.length !== size || raw[0] < 128) throw Error('not such a key');
      const pss = { name: 'RSA-PSS', hash: 'SHA-384' };
      const check = await crypto.subtle.importKey('jwk', { kty, n, e }, pss, false, ['verify']);
      return { n: toNumber(raw), e: 65537n, size, salt: 48, check };
    },
    prepare: (purpose, slug) => join(random(32), new TextEncoder().encode(`phonein/1|${purpose}|${slug}`)),
    hide: async (key, message, salt = random(key.salt), factor = below(key.n, key.size)) => {
      const { n, e, size } = key, encoded = toNumber(await encode(message, salt, size));
      return { message, hidden: toBytes(encoded * power(factor, e, n) % n, size), inverse: inverse(factor, n) };
    },
    finish: async ({ n, size, salt, check }, { message, inverse }, signed) => {
      const signature = toBytes(toNumber(signed) * inverse % n, size);
      const good = await crypto.subtle.verify({ name: 'RSA-PSS', saltLength: salt }, check, signature, message);
      if (!good) throw Error('not signed with this key');
      return signature;
    }
  };
})();
