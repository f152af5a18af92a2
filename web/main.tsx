import { createRoot } from 'react-dom/client';
import { takeToken } from './api/token.ts';
import { App } from './app.tsx';
import { applyTheme } from './state/settings.ts';
import './style/app.css';

takeToken();
applyTheme();
const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<App />);
