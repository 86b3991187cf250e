// The script of the pages that have to do with passkeys: it asks the gateway for a challenge, the browser for an answer to
// it, and sends the answer as the form it stands in. Without it everything else on these pages works.
//
// It runs in the browser, as it stands here, after the library, which puts `SimpleWebAuthnBrowser` beside it.

const { browserSupportsWebAuthn, startAuthentication, startRegistration } = globalThis.SimpleWebAuthnBrowser;

const WAYS = { get: startAuthentication, create: startRegistration };

/** What went wrong, for the person at the screen. */
const SENTENCES = {
  NotAllowedError: 'Nothing was done: it was cancelled, took too long, or there is no passkey for this site here.',
  InvalidStateError: 'There is a passkey for this account on this device already.',
  SecurityError: 'The browser allows no passkeys at this address.',
  ConstraintError: 'This device cannot ask for a finger, a face or a PIN, which a passkey here needs.',
};

for (const form of document.querySelectorAll('form[data-passkey]')) setUp(form);

/** Shows the form, when passkeys can work here, and makes it ask for one before it is sent. */
function setUp(form) {
  form.querySelector('[data-when=unable]')?.remove();
  const { origin } = form.dataset;
  if (!browserSupportsWebAuthn()) return say(form, 'This browser knows no passkeys.', 'hint');
  if (location.origin !== origin) return say(form, `Passkeys work at ${origin}. Open this page there.`, 'hint');
  const button = form.querySelector('button');
  form.querySelector('[data-when=able]').hidden = false;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    button.disabled = true;
    say(form, '');
    ask(form)
      .then(() => form.submit())
      .catch((error) => say(form, SENTENCES[error.name] ?? error.message))
      .finally(() => {
        button.disabled = false;
      });
  });
}

/** Fills in what the browser answers to a fresh challenge. */
async function ask(form) {
  const { passkey, challenge } = form.dataset;
  const { csrf, response } = form.elements;
  const reply = await fetch(challenge, { method: 'POST', body: new URLSearchParams({ csrf: csrf.value }) });
  const came = await reply.json().catch(() => null);
  if (!reply.ok || came === null) throw new Error(came?.message ?? 'The gateway does not answer. Try again.');
  response.value = JSON.stringify(await WAYS[passkey]({ optionsJSON: came }));
}

function say(form, sentence, kind = 'wrong') {
  const alert = form.querySelector('[role=alert]');
  alert.className = kind;
  alert.textContent = sentence;
}
