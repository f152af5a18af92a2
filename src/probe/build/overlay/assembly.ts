import type { GoVersion } from '../../../model/go_version.ts';
import { SHAPES } from './shapes.ts';

/**
 * What follows in asm_amd64.s: RDTSC alone, and the entries. Where all that is wanted of an operation is its number, and
 * the row of its place is found at once, they count it; they do what mapaudit\* in go/hook/core.go.txt does in Go for
 * all processors, in half the instructions. When records are wanted (mode bit 0) they read the clock. The arguments of
 * Go's functions lie in AX, BX, CX, DI, SI, R8, R9 in this order; RDTSC writes to AX and DX. Names of fields are those
 * of go_asm.h.
 */
export function ticksOf({ minor }: GoVersion): string {
  const home = minor < 24 ? 'runtime' : 'internal∕runtime∕maps';
  const entries = Object.entries(SHAPES)
    .filter(([shape]) => shape !== 'Grown')
    .map(([shape, key]) => timed(shape, home, key === 'string' ? BEHIND_TEXT : BEHIND_WORD));
  return `
// func mapauditTicks() int64
TEXT runtime·mapauditTicks<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-0
	RDTSC
	SHLQ	$32, DX
	ORQ	DX, AX
	RET
${entries.join('')}`;
}

/** Registers of the arguments behind the key; the last result comes back in that of the caller's PC. */
interface Registers {
  readonly pc: string;
  readonly site: string;
  readonly time: string;
}

const BEHIND_WORD: Registers = { pc: 'DI', site: 'SI', time: 'R8' };
const BEHIND_TEXT: Registers = { pc: 'SI', site: 'R8', time: 'R9' };

const timed = (shape: string, home: string, { pc, site, time }: Registers): string => `
TEXT runtime·mapauditTimed${shape}<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-0
	TESTB	$1, runtime·mapauditMode(SB)
	JNE	clock
	MOVQ	runtime·mapauditOurs(SB), R10
	MOVQ	mapauditPrivate_simple(R10), R11
	BTQ	${site}, R11
	JCC	long
	MOVQ	g_m(R14), R11
	MOVQ	m_p(R11), R11
	TESTQ	R11, R11
	JEQ	long
	MOVL	p_id(R11), R11
	MOVQ	mapauditPrivate_page(R10), R12
	CMPL	mapauditHeader_ps(R12), R11
	JLS	long
	TESTB	$const_mapauditCounts, mapauditHeader_mode(R12)
	JEQ	long
	IMULQ	mapauditPrivate_each(R10), R11
	MOVQ	BX, R13
	SHRQ	$5, R13
	IMUL3L	$0x85EBCA6B, ${pc}, R10
	ADDL	R10, R13
	IMUL3L	$0x9E3779B1, R13, R13
	SHRL	$20, R13
	LEAQ	(R13)(R13*4), R13
	ADDQ	R12, R11
	LEAQ	(const_mapauditPsAt+const_mapauditPBytes)(R11)(R13*8), R11
	MOVL	${site}, R12
	INCQ	R12
	CMPQ	mapauditRow_caller(R11), ${pc}
	JNE	long
	CMPQ	mapauditRow_m(R11), BX
	JNE	long
	CMPQ	mapauditRow_typ(R11), AX
	JNE	long
	CMPQ	mapauditRow_site(R11), R12
	JNE	long
	TESTL	$0xFFF, mapauditRow_count(R11)
	JEQ	long
	INCQ	mapauditRow_count(R11)
	XORL	${pc}, ${pc}
	RET
clock:
	MOVQ	AX, ${time}
	RDTSC
	SHLQ	$32, DX
	ORQ	AX, DX
	MOVQ	${time}, AX
	MOVQ	DX, ${time}
long:
	JMP	${home}·mapaudit${shape}<ABIInternal>(SB)
`;
