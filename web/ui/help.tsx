import { type ReactNode, useEffect, useRef } from 'react';
import { useShortcutsOn } from '../state/settings.ts';

/** The keys, and what they do; docs/page.md has the same. */
export const KEYS: readonly (readonly [string, string])[] = [
  ['o', 'overview'],
  ['e', 'events as they happen'],
  ['c', 'compare two ranges'],
  ['a', 'ask in words'],
  ['[  ]', 'earlier, later'],
  ['+  -', 'shorter, longer'],
  ['.', 'follow what happens'],
  ['/', 'to the first filter'],
  ['p', 'pause and go on (events)'],
  ['t', 'theme: as the system, light, dark'],
  ['?', 'this'],
];

export function Help({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }): ReactNode {
  const box = useRef<HTMLDialogElement>(null);
  const [on, setOn] = useShortcutsOn();
  useEffect(() => {
    if (open && box.current?.open === false) box.current.showModal();
    if (!open) box.current?.close();
  }, [open]);
  return (
    <dialog ref={box} onClose={onClose} aria-labelledby="help-title" className="help">
      <h2 id="help-title">Keys and what is what</h2>
      <table>
        <tbody>
          {KEYS.map(([key, what]) => (
            <tr key={key}>
              <th scope="row">
                {key.split('  ').map((one) => (
                  <kbd key={one}>{one}</kbd>
                ))}
              </th>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <label className="check">
        <input type="checkbox" checked={on} onChange={(event) => setOn(event.target.checked)} /> Single keys
        do this
      </label>
      <p>
        Drag over a chart to look closer at that time. The address in the browser has the whole view: send it
        to someone who has the token, and they see the same.
      </p>
      <p>
        Counts are exact: they are counted at every operation. Keys and stacks come from events, of which only
        a part may be kept; those numbers say <em>sampled</em>.
      </p>
      <button type="button" onClick={onClose}>
        Close
      </button>
    </dialog>
  );
}
