import { useEffect } from 'react';
import { useShortcutsOn } from './settings.ts';

/** Names of controls that take keys themselves. */
const TYPING = new Set(['INPUT', 'SELECT', 'TEXTAREA']);

/** What single keys do, unless someone types, or wants none of it. */
export function useKeys(actions: Readonly<Record<string, () => void>>): void {
  const [on] = useShortcutsOn();
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (event.target instanceof HTMLElement && TYPING.has(event.target.tagName)) return;
      if (document.querySelector('dialog[open]') !== null) return;
      const action = actions[event.key];
      if (action === undefined || !on) return;
      event.preventDefault();
      action();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, [actions, on]);
}
