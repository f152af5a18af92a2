import type { ReactNode } from 'react';
import type { ApiSite, ApiTopMap } from '../../src/protocol/api.ts';
import type { MapOp } from '../../src/protocol/map_op.ts';
import { fragmentOf, linked, type View } from '../state/view.ts';
import { fileLine, printable, shortFunction } from '../text/show.ts';
import { Name } from './name.tsx';

/** A line of the program, as a link to its page. */
export function SiteLink({ site, view }: { readonly site: ApiSite; readonly view: View }): ReactNode {
  const place = fileLine(site.file, site.line);
  return (
    <a className="site" href={fragmentOf(linked(view, 'site', { site: site.id }))} title={fullPlace(site)}>
      <bdi className="function">{shortFunction(site.function)}</bdi>{' '}
      {place !== '' && <bdi className="place">{printable(place)}</bdi>}
    </a>
  );
}

function fullPlace(site: ApiSite): string {
  const place =
    site.file === undefined ? '' : ` ${site.file}${site.line === undefined ? '' : `:${site.line}`}`;
  return printable(`${site.function}${place}`);
}

interface MapLinkProps {
  readonly map: Pick<ApiTopMap, 'map' | 'map_type' | 'name' | 'process'>;
  readonly view: View;
}

/** A map, or all of its type, as a link to its page. */
export function MapLink({ map, view }: MapLinkProps): ReactNode {
  const about = { process: map.process, map: map.map, mapType: map.map_type };
  return (
    <a className="map" href={fragmentOf(linked(view, 'map', about))}>
      <Name text={map.name ?? map.map_type} />{' '}
      {map.name !== undefined && (
        <span className="place">
          <Name text={map.map_type} />
        </span>
      )}
      {map.name === undefined && map.map !== undefined && (
        <span className="place">
          <Name text={map.map} />
        </span>
      )}
    </a>
  );
}

/** A key, as a link to its life. */
export function KeyLink(props: {
  readonly text: string;
  readonly view: View;
  readonly about: Partial<View>;
}): ReactNode {
  return (
    <a className="key" href={fragmentOf(linked(props.view, 'key', { ...props.about, key: props.text }))}>
      <Name text={props.text} />
    </a>
  );
}

/** The word for an operation, in its colour. */
export function Op({ op }: { readonly op: MapOp }): ReactNode {
  return <span className={`op ink-${op}`}>{op}</span>;
}
