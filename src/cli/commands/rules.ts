import { jsonLine } from '../../base/json_line.ts';
import type { Questions } from '../../protocol/questions.ts';
import type { RulesLine, RulesOptions } from '../../protocol/rules.ts';
import { checkedText, foundText, testedText } from '../format/rules_text.ts';
import type { Io } from '../output/io.ts';
import { sayNotice } from '../output/say.ts';

/** Exit code of `rules test` when it comes out otherwise than the file expects. */
const NOT_AS_EXPECTED = 3;

/** `mapaudit rules` */
export async function runRules(options: RulesOptions, questions: Questions, io: Io): Promise<number> {
  let code = 0;
  for await (const lines of questions.rules(options))
    for (const line of lines) {
      if (line.type === 'notice') await sayNotice(line, io);
      else if (line.type === 'text') await io.out.write(line.text);
      else {
        if (line.type === 'rules_tested' && !line.ok) code = NOT_AS_EXPECTED;
        await io.out.write(
          linesOf(line, io)
            .map((text) => `${text}\n`)
            .join(''),
        );
      }
    }
  return code;
}

function linesOf(line: Exclude<RulesLine, { type: 'notice' | 'text' }>, io: Io): readonly string[] {
  if (io.json) return [jsonLine(line.type === 'told' ? line.finding : line)];
  switch (line.type) {
    case 'rules':
      return checkedText(line);
    case 'told':
      return foundText(line, io.outStyle);
    case 'rules_tested':
      return testedText(line, io.outStyle);
  }
}
