import { type ReactNode, useEffect, useRef } from 'react';
import type { ApiSite, ApiSitePage } from '../../src/protocol/api.ts';
import { printable } from '../text/show.ts';
import { Empty } from './panel.tsx';

interface SourceProps {
  readonly site: ApiSite;
  readonly source: ApiSitePage['source'];
}

/** The lines around the one that is meant. */
export function Source({ site, source }: SourceProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const line = box.current?.querySelector('[aria-current]');
    if (box.current !== null && line instanceof HTMLElement)
      box.current.scrollTop = line.offsetTop - box.current.clientHeight / 2;
  }, [site.id, source?.from]);
  if (source === undefined)
    return (
      <Empty>
        The file is not on this machine{site.file === undefined ? '' : `: ${printable(site.file)}`}. Where the
        sources lie at that path, they are shown here.
      </Empty>
    );
  return (
    <>
      {source.newer && (
        <p className="trouble">
          The file was changed after the program was built: the line may be another one.
        </p>
      )}
      <div className="source" ref={box} tabIndex={0} role="group" aria-label="Lines of the source">
        <ol>
          {source.lines.map((text, i) => {
            const number = source.from + i;
            const here = number === site.line;
            return (
              <li key={number} aria-current={here ? 'location' : undefined} className={here ? 'here' : ''}>
                <span className="number num">{number}</span>
                <code>{printable(text.replaceAll('\t', '    '))}</code>
              </li>
            );
          })}
        </ol>
      </div>
    </>
  );
}
