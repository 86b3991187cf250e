// Starts the explorer.

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './explorer.css';
import { App } from './app';

createRoot(document.getElementById('explorer')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
