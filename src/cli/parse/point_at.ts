export { pointAt } from '../../protocol/text/point_at.ts';
