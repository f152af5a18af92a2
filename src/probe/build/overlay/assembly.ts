import type { GoVersion } from '../../../model/go_version.ts';
import { SHAPES } from './shapes.ts';

/**
 * What follows in asm_amd64.s: RDTSC alone, and the entries, which read it when records are wanted (mode bit 0). The
 * arguments of Go's functions lie in AX, BX, CX, DI, SI, R8, R9 in this order; RDTSC writes to AX and DX.
 */
export function ticksOf({ minor }: GoVersion): string {
  const home = minor < 24 ? 'runtime' : 'internal∕runtime∕maps';
  const entries = Object.entries(SHAPES)
    .filter(([shape]) => shape !== 'Grown')
    .map(([shape, key]) => timed(shape, home, key === 'string' ? 'R9' : 'R8'));
  return `
// func mapauditTicks() int64
TEXT runtime·mapauditTicks<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-0
	RDTSC
	SHLQ	$32, DX
	ORQ	DX, AX
	RET
${entries.join('')}`;
}

const timed = (shape: string, home: string, time: string): string => `
TEXT runtime·mapauditTimed${shape}<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-0
	TESTB	$1, runtime·mapauditMode(SB)
	JEQ	count
	MOVQ	AX, ${time}
	RDTSC
	SHLQ	$32, DX
	ORQ	AX, DX
	MOVQ	${time}, AX
	MOVQ	DX, ${time}
count:
	JMP	${home}·mapaudit${shape}<ABIInternal>(SB)
`;
