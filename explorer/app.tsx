// The page: one field for the token, and below it the workbench, or what to do about a missing token.

import { type FormEvent, lazy, Suspense, useCallback, useEffect, useState } from 'react';
import { UnknownToken, type Viewer, viewerOf } from './gateway';
import { forgetToken, rememberedToken, rememberToken, tokenIn } from './token';
import { Welcome } from './welcome';

const loadWorkbench = () => import('./workbench');
const Workbench = lazy(loadWorkbench);

type Door = { is: 'closed' } | { is: 'asking' } | { is: 'open'; token: string; viewer: Viewer };

export function App() {
  const [door, setDoor] = useState<Door>({ is: 'closed' });
  const [trouble, setTrouble] = useState<string | null>(null);

  const enter = useCallback(async (token: string) => {
    setTrouble(null);
    setDoor({ is: 'asking' });
    try {
      const viewer = await viewerOf(token);
      rememberToken(token);
      setDoor({ is: 'open', token, viewer });
    } catch (error) {
      if (error instanceof UnknownToken) forgetToken();
      setTrouble((error as Error).message);
      setDoor({ is: 'closed' });
    }
  }, []);

  /** The workbench stays: what was typed there is not the token's fault. */
  const onUnknownToken = useCallback((error: UnknownToken) => {
    forgetToken();
    setTrouble(error.message);
  }, []);

  const leave = (): void => {
    forgetToken();
    setTrouble(null);
    setDoor({ is: 'closed' });
  };

  useEffect(() => {
    void loadWorkbench(); // while the token is being typed
    const token = rememberedToken();
    if (token !== null) void enter(token);
  }, [enter]);

  return (
    <>
      <header className="bar">
        <h1>Gatehouse explorer</h1>
        {door.is === 'open' ? (
          <Pass viewer={door.viewer} onLeave={leave} />
        ) : (
          <TokenField asking={door.is === 'asking'} onToken={enter} />
        )}
      </header>
      {trouble !== null && (
        <p className="trouble" role="alert">
          {trouble}
        </p>
      )}
      {door.is === 'open' ? (
        <Suspense fallback={<p className="loading">Opening the workbench…</p>}>
          <Workbench key={door.token} token={door.token} onUnknownToken={onUnknownToken} />
        </Suspense>
      ) : (
        <Welcome />
      )}
    </>
  );
}

function TokenField({ asking, onToken }: { asking: boolean; onToken(token: string): void }) {
  const [pasted, setPasted] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const token = tokenIn(pasted);
    if (token !== '') onToken(token);
  };
  // Not type="password": browsers would offer to keep it.
  return (
    <form className="token" onSubmit={submit}>
      <label htmlFor="token">Token</label>
      <input
        id="token"
        type="text"
        value={pasted}
        onChange={(event) => setPasted(event.target.value)}
        placeholder="gth_…"
        autoComplete="off"
        autoCapitalize="off"
        autoCorrect="off"
        spellCheck={false}
      />
      <button type="submit" disabled={asking || tokenIn(pasted) === ''}>
        {asking ? 'Asking…' : 'Use token'}
      </button>
    </form>
  );
}

/** Who one is here. */
function Pass({ viewer, onLeave }: { viewer: Viewer; onLeave(): void }) {
  return (
    <div className="pass">
      <span>
        <strong>{viewer.name}</strong> in {viewer.workspaceName}
      </span>
      <ul>
        {viewer.capabilities.map((capability) => (
          <li key={capability}>{capability}</li>
        ))}
      </ul>
      <button type="button" onClick={onLeave}>
        Use another token
      </button>
    </div>
  );
}
