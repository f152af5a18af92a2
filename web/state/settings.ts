import { useCallback, useSyncExternalStore } from 'react';

export type Theme = 'system' | 'light' | 'dark';
const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

const watchers = new Set<() => void>();
const subscribe = (watcher: () => void): (() => void) => {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
};

/** What the user likes, on this machine; it is no part of a link. */
function read(name: string): string | undefined {
  try {
    return localStorage.getItem(`mapaudit-${name}`) ?? undefined;
  } catch {
    return undefined;
  }
}

function write(name: string, value: string): void {
  try {
    localStorage.setItem(`mapaudit-${name}`, value);
  } catch {
    // A browser that keeps nothing: the setting lasts as long as the page.
  }
  for (const watcher of watchers) watcher();
}

let theme: Theme = THEMES.find((one) => one === read('theme')) ?? 'system';
let shortcuts = read('shortcuts') !== 'off';

export function applyTheme(): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

export function useTheme(): readonly [Theme, () => void] {
  const chosen = useSyncExternalStore(subscribe, () => theme);
  const next = useCallback(() => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
    applyTheme();
    write('theme', theme);
  }, []);
  return [chosen, next];
}

const dark = window.matchMedia('(prefers-color-scheme: dark)');

function subscribeDark(watcher: () => void): () => void {
  dark.addEventListener('change', watcher);
  watchers.add(watcher);
  return () => {
    dark.removeEventListener('change', watcher);
    watchers.delete(watcher);
  };
}

const isDark = (): boolean => (theme === 'system' ? dark.matches : theme === 'dark');

/** What is drawn on a canvas must be drawn again when this changes. */
export function useDark(): boolean {
  return useSyncExternalStore(subscribeDark, isDark);
}

/** Whether single keys do something: they get in the way of those who speak to their machine. */
export function useShortcutsOn(): readonly [boolean, (on: boolean) => void] {
  const on = useSyncExternalStore(subscribe, () => shortcuts);
  const set = useCallback((wanted: boolean) => {
    shortcuts = wanted;
    write('shortcuts', wanted ? 'on' : 'off');
  }, []);
  return [on, set];
}
