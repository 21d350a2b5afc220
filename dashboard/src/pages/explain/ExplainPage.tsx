import { useModel } from '@preact/signals';
import type { Question } from '@trainer/contract/questions';
import { useEffect, useState } from 'preact/hooks';
import { useDashboard, useWorkspace } from '../../context/context.ts';
import { QuestionModel } from '../../models/QuestionModel.ts';
import { Field } from '../../parts/Field.tsx';
import { FailureNote, Notice } from '../../parts/Notice.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { AnswerView } from './AnswerView.tsx';

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

interface Props {
  question: Question;
  onAgain: () => void;
}

/** Until there is an answer, or once it is clear that there will be none. */
export function Waiting({ question, onAgain }: Props) {
  const { runners } = useWorkspace();
  const isNobodyThere = runners.runners.value !== undefined && runners.online.value.length === 0;
  if (question.status === 'expired') {
    return (
      <Notice
        tone="warn"
        title="No runner answered within a minute"
        actions={
          <button type="button" onClick={onAgain}>
            Ask again
          </button>
        }
      >
        <p>The catalog is on the runner. Check on the dashboard whether a runner is online.</p>
      </Notice>
    );
  }
  if (isNobodyThere) {
    return (
      <Notice tone="warn" title="No runner is online">
        <p>The question about “{question.about}” waits up to a minute for a runner.</p>
      </Notice>
    );
  }
  return <p class="loading">Asking the runner about “{question.about}”…</p>;
}

interface AskFormProps {
  given: string;
  busy: boolean;
  onAsk: (about: string) => void;
}

/** Asks about one performer. */
export function AskForm({ given, busy, onAsk }: AskFormProps) {
  const [about, setAbout] = useState(given);
  const submit = (event: Event) => {
    event.preventDefault();
    if (about.trim()) onAsk(about.trim());
  };
  return (
    <form class="card" onSubmit={submit}>
      <div class="row ask">
        <Field
          label="Id or name"
          hint="Such as stashdb.org:018f3a2b-…, the id alone, or a name. The runner answers; the answer is deleted after ten minutes."
        >
          {(inputProps) => (
            <input
              {...inputProps}
              type="search"
              required
              maxLength={200}
              autoComplete="off"
              value={about}
              onInput={(event) => setAbout(event.currentTarget.value)}
            />
          )}
        </Field>
        <button type="submit" class="primary" disabled={busy}>
          Why is this here?
        </button>
      </div>
    </form>
  );
}
