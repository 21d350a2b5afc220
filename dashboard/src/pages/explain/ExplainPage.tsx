import { useModel } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useDashboard } from '../../context/context.ts';
import { QuestionModel } from '../../models/QuestionModel.ts';
import { FailureNote } from '../../parts/Notice.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { AnswerView } from './AnswerView.tsx';
import { AskForm } from './AskForm.tsx';
import { Waiting } from './Waiting.tsx';

/** Why somebody is in the catalog, or is not. The runner knows; the control plane only passes it on. */
export function ExplainPage() {
  const { connection, browser } = useDashboard();
  const model = useModel(() => new QuestionModel(connection, browser));
  // After the #, so that whom somebody asks about reaches no server's log.
  const given = new URLSearchParams(location.hash.slice(1)).get('about') ?? '';
  useEffect(() => {
    if (given) void model.ask.go(given);
  }, [model, given]);
  const question = model.question.value;
  return (
    <>
      <PageHead title="Explain" />
      <AskForm given={given} busy={model.ask.busy.value} onAsk={(about) => void model.ask.go(about)} />
      <FailureNote error={model.ask.error.value ?? model.error.value} />
      <div class="stack" aria-live="polite">
        {question?.status === 'answered' ? (
          <AnswerView question={question} />
        ) : (
          question && <Waiting question={question} onAgain={() => void model.ask.go(question.about)} />
        )}
      </div>
    </>
  );
}
