import { createContext, useContext, useSyncExternalStore } from 'react';
import { Hub, type HubState } from './hub.ts';

export const HubContext = createContext(new Hub());

export function useHub(): Hub {
  return useContext(HubContext);
}

export function useHubState(): HubState {
  const hub = useHub();
  return useSyncExternalStore(hub.subscribe, hub.snapshot);
}

/** `shop (4242)` of `4242-17…`; the id itself where no such process is known. */
export function useProcessName(): (id: string) => string {
  const { status } = useHubState();
  return (id) => {
    const process = status?.processes.find((one) => one.id === id);
    return process === undefined ? id.replace(/-.*/, '') : `${process.name} (${process.pid})`;
  };
}
