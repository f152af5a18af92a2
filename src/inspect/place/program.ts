import type { DebugInfo } from '../../go/debug/debug_info.ts';
import type { GoBinary } from '../../go/go_binary.ts';
import type { TypeReader } from '../../go/types/type_reader.ts';
import type { Bias } from '../../model/addr.ts';
import type { ByteSource } from '../../model/byte_source.ts';

/** A Go program whose memory is looked into: a process (an agent's Target is one) or a core dump. */
export interface Program {
  readonly binary: GoBinary;
  readonly bias: Bias;
  readonly memory: ByteSource;
  /** Reads type descriptors in that memory. */
  readonly types: TypeReader;
  /** Undefined when the binary has none. Opened with the same reader and bias. */
  readonly debug: DebugInfo | undefined;
}
