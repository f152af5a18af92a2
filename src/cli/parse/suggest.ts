export { closest, editDistance } from '../../protocol/text/suggest.ts';
