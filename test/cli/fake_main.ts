import { main } from '../../src/cli/main.ts';
import { fakeQuestions } from './fake_questions.ts';

/** The command line with the fake behind it: what the tests of this folder start as a child process. */
process.exit(await main(process.argv.slice(2), () => Promise.resolve(fakeQuestions())));
