import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextQuestion } from "../../decision/ask-order.ts";
import { decide } from "../../decision/decide.ts";
import { thresholdsOf } from "../../decision/profiles.ts";
import { questions } from "../../decision/questions.ts";
import { corruptions, crashes, errorTypes, type Symptoms, securities, sides } from "../../decision/symptoms.ts";

const thresholds = thresholdsOf("telemetry");
const percent = fc.integer({ min: 0, max: 100 });
const minutes = fc.integer({ min: 0, max: 90 });
const anySymptoms = fc.record(
  {
    errorPercent: percent,
    errorType: fc.constantFrom(...errorTypes),
    latencySeconds: fc.integer({ min: 0, max: 9 }),
    crash: fc.constantFrom(...crashes),
    sinceChangeMinutes: minutes,
    lastingMinutes: minutes,
    corruption: fc.constantFrom(...corruptions),
    lossMinutes: minutes,
    schemaTrouble: fc.boolean(),
    badConfig: fc.boolean(),
    security: fc.constantFrom(...securities),
    dependencyDown: fc.boolean(),
    diskPercent: percent,
    memoryPercent: percent,
    connectionsPercent: percent,
    leak: fc.boolean(),
    restarted: fc.boolean(),
    otherColor: fc.constantFrom(...sides),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Symptoms>;

/** Answers every question by what is so, until none is asked any more. */
function interview(truth: Symptoms): { told: Symptoms; asked: string[] } {
  let told: Symptoms = {};
  const answered = new Set<keyof Symptoms>();
  const asked: string[] = [];
  for (;;) {
    const question = nextQuestion(told, answered, thresholds);
    if (!question) return { told, asked };
    asked.push(question.flag);
    answered.add(question.field);
    const value = truth[question.field];
    if (value !== undefined) told = { ...told, [question.field]: value };
  }
}

describe("the questions", () => {
  it("end no sooner than the decision is the one of all symptoms", () => {
    fc.assert(
      fc.property(anySymptoms, (truth) => {
        expect(decide(interview(truth).told, thresholds).row).toBe(decide(truth, thresholds).row);
      }),
      { numRuns: 2000 },
    );
  });

  it("end as soon as no other answer matters", () => {
    expect(interview({ security: "suspected" }).asked).toEqual(["security"]);
    expect(interview({ corruption: "major" }).asked).toEqual(["security", "corruption"]);
    expect(interview({ diskPercent: 99 }).asked.at(-1)).toBe("disk");
    expect(interview({}).asked).not.toContain("since-change");
    expect(interview({}).asked).not.toContain("error-type");
    expect(interview({ errorPercent: 30 }).asked).toContain("error-type");
  });

  it("are about every symptom, each once", () => {
    const all = Object.keys(fc.sample(anySymptoms, 200).reduce((sum, one) => Object.assign(sum, one), {}));
    expect(questions.map(({ field }) => field).sort()).toEqual(all.sort());
  });
});
