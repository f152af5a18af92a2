import { MapauditError } from '../../base/errors.ts';
import { rightsHint } from '../kernel/requirements.ts';
import { ERRNO, errnoName } from '../../sys/errno.ts';
import { syscallError } from '../../sys/libc.ts';

/** Why a thread that is there cannot be watched. */
export function watchError(errno: number, asked: number): MapauditError {
  const fields = { asked, errno, name: errnoName(errno) };
  switch (errno) {
    case ERRNO.ENOSPC:
    case ERRNO.EBUSY:
      return new MapauditError(
        'watchpoints-taken',
        `the processor's watchpoints are taken: ${asked} asked for, and another tool holds too many of the four`,
        {
          hint: 'End the debugger, perf or other mapaudit watch that uses them, or watch fewer places.',
          fields,
        },
      );
    case ERRNO.EACCES:
    case ERRNO.EPERM:
      return new MapauditError(
        'no-permission',
        'watchpoints in this process are not permitted: they need CAP_PERFMON and CAP_SYS_PTRACE',
        { hint: rightsHint(), fields },
      );
    case ERRNO.EMFILE:
    case ERRNO.ENFILE:
      return new MapauditError('too-many-files', 'too many open files: each thread and place needs one', {
        hint: 'Raise the limit with ulimit -n, or watch fewer places.',
        fields,
      });
    case ERRNO.ENODEV:
    case ERRNO.EOPNOTSUPP:
      return new MapauditError('kernel-missing', 'this machine has no hardware watchpoints', {
        hint: 'A processor or virtual machine with debug registers, and CONFIG_HAVE_HW_BREAKPOINT, are needed.',
        fields,
      });
    default:
      return syscallError('setting a watchpoint', errno);
  }
}
