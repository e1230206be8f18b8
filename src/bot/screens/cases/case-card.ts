import { type Assignment, assignCase, releaseCase } from '#cases/acknowledge-case.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { chooseProvider } from '#payments/collect/choose-provider.ts';
import { decideCase } from '#payments/resolutions/actions/decide-case.ts';
import { undoResolution } from '#payments/resolutions/actions/undo-resolution.ts';
import { checkCase } from '#payments/resolutions/options/check-case.ts';
import { type CaseDetails, getCase } from '#payments/resolutions/options/get-case.ts';
import { type ResolvingAction, resolvingActions } from '#payments/resolutions/options/resolution-actions.ts';
import { actingAdmin, type CallbackContext } from '../../kit/contexts.ts';
import type { At, DestinationOf } from '../../kit/destinations.ts';
import type { AdminEnv, PlainDeps } from '../../kit/env.ts';
import { contextOf, showView, tellInstead } from '../../kit/navigate.ts';
import { leaveOrder, refundSubject } from '../../kit/order-messages.ts';
import { askForReason, askToWriteReason } from '../../kit/reason-dialogue.ts';
import { editView, outOfDate, replyView } from '../../kit/replies.ts';
import type { Confirmed, OnButton } from '../../kit/screen.ts';
import type { ExceptionAct } from '../../text/callback-data.ts';
import type { View } from '../../text/view.ts';
import { paymentLink } from '../../wording/payment-link.ts';
import { providerPage } from '../../wording/provider-page.ts';
import { checkedText, exceptionGone, resolutionText } from '../../wording/result-texts.ts';
import { caseCard } from './case-card-view.ts';
import { optionChoice, resolveQuestion } from './resolution-questions.ts';

/** Shows the card; false when there is no such exception. */
export async function showCase(env: AdminEnv, at: At, wanted: DestinationOf<'case'>['wanted']): Promise<boolean> {
  const details = await getCase(env, wanted);
  if (details === undefined) return false;
  // The message may have shown the order: its refreshes must not cover the exception.
  if ('edit' in at && details.order !== null) {
    await leaveOrder(env, { chatId: at.edit.chat.id, orderId: details.order.id });
  }
  await showView(at, caseCard(details, { ...env.presentation(), buttons: 'full', providerUrl: pageOf(env, details) }));
  return true;
}

function pageOf({ providers }: Pick<PlainDeps, 'providers'>, { case: one, payment }: CaseDetails): string | null {
  return providerPage(providers, payment ?? one);
}

export async function openCase(env: AdminEnv, at: At, to: DestinationOf<'case'>): Promise<string> {
  if (await showCase(env, at, to.wanted)) return '';
  return tellInstead(at, 'key' in to.wanted ? 'It is settled already.' : exceptionGone);
}

/** The card without the buttons that only the command bot serves in private; one leads there. */
export async function drawPlainCase(deps: PlainDeps, { wanted }: DestinationOf<'case'>): Promise<View | undefined> {
  const details = await getCase(deps, wanted);
  if (details === undefined) return undefined;
  return caseCard(details, {
    now: deps.clock.now(),
    timeZone: deps.timeZone,
    buttons: 'plain',
    commandBot: deps.commandBot(),
    providerUrl: pageOf(deps, details),
  });
}

export const onCaseButton: OnButton<'exception'> = async (env, ctx, callback) => {
  const toast = await taps[callback.act](env, ctx, callback.id);
  const isShown = await showCase(env, { edit: ctx }, { id: callback.id });
  return isShown ? toast : exceptionGone;
};

const taps: Readonly<Record<ExceptionAct, (env: AdminEnv, ctx: CallbackContext, id: string) => Promise<string>>> = {
  show: () => Promise.resolve(''),
  take: async (env, ctx, caseId) => assignmentText(await assignCase(env, { caseId, by: actingAdmin(ctx) })),
  give: async (env, ctx, caseId) => assignmentText(await releaseCase(env, { caseId, by: actingAdmin(ctx) })),
  undo: async (env, ctx, caseId) => resolutionText(await undoResolution(env, { caseId, by: actingAdmin(ctx) })),
  async check(env, ctx, id) {
    const details = await getCase(env, { id });
    if (details === undefined || details.order === null) return 'There is nothing to ask a provider about.';
    if (!env.recentRequests.isFirst(`check:${details.order.id}`)) return 'Checked a moment ago.';
    const checked = await checkCase(env, { caseId: id, by: actingAdmin(ctx) });
    return checked.kind === 'refund' ? refundCheckTexts[checked.result] : checkedText(checked);
  },
};

const refundCheckTexts = {
  changed: 'Checked: the refund has changed.',
  same: 'Checked: nothing new at the provider.',
  failed: 'The provider could not be asked right now.',
  unknown: 'This refund is not known any more.',
} as const;

function assignmentText(assignment: Assignment): string {
  switch (assignment.kind) {
    case 'assigned':
      return 'It is yours.';
    case 'released':
      return 'It is nobody’s again.';
    case 'already':
      return `${assignment.by ?? 'Somebody'} has it already.`;
    case 'not_yours':
      return `It is ${assignment.by === null ? 'nobody’s' : `${assignment.by}’s`}.`;
    case 'over':
      return 'It is over already.';
    case 'unknown':
      return exceptionGone;
    default:
      return assignment satisfies never;
  }
}

/** A decision begins: what it needs beside a reason is asked first, then the reason, and then it is made. */
export const onResolveButton: OnButton<'resolve'> = async (env, ctx, callback) => {
  const details = await getCase(env, { id: callback.id });
  if (details === undefined) return exceptionGone;
  const { action, option } = callback;
  if (!details.actions.includes(action)) {
    await showCase(env, { edit: ctx }, { id: callback.id });
    return outOfDate;
  }
  const choice = option === null ? choiceFor(env, { details, action }) : undefined;
  if (choice !== undefined) await editView(ctx, choice);
  else await askToResolve(env, { edit: ctx }, { details, action, option });
  return '';
};

/** What has to be chosen before the reason is asked; undefined where nothing has. */
function choiceFor(
  env: AdminEnv,
  { details, action }: { details: CaseDetails; action: ResolvingAction },
): View | undefined {
  if (action === 'wait' || action === 'link_order') return optionChoice(details, { action, providers: [] });
  if (action !== 'new_link' && action !== 'ask_rest') return undefined;
  const providers = providersFor(env, details);
  return providers.length > 1 ? optionChoice(details, { action, providers }) : undefined;
}

export async function askForResolution(env: AdminEnv, at: At, to: DestinationOf<'resolution'>): Promise<string> {
  const details = await getCase(env, { id: to.caseId });
  if (details === undefined) return tellInstead(at, exceptionGone);
  await askToResolve(env, at, { details, action: to.action, option: null });
  return '';
}

/** The question why; what is grave wants the admin's own words. */
async function askToResolve(
  env: AdminEnv,
  at: At,
  input: { details: CaseDetails; action: ResolvingAction; option: string | null },
): Promise<void> {
  const { details, action, option } = input;
  const { id, orderId } = details.case;
  const question = resolveQuestion(details, { action, option });
  const isReturn = action === 'refund' || action === 'refund_surplus';
  const shownMinor = isReturn ? (details.returns?.[action].amountMinor ?? null) : null;
  const asked = {
    action: 'case.resolve',
    payload: {
      caseId: id,
      action,
      option,
      shownMinor,
      ...(isReturn && orderId && { subject: refundSubject(orderId) }),
    },
    question,
    back: { kind: 'exception', act: 'show', id },
  } as const;
  if (question.reasons.length === 0) await askToWriteReason(env, at, asked);
  else await showView(at, await askForReason(env, { ...asked, adminId: contextOf(at).from.id }));
}

/** Those that can take the order's money right now. */
function providersFor(env: AdminEnv, { order }: CaseDetails): ProviderName[] {
  if (order === null) return [];
  const choice = chooseProvider(env.providers, { provider: 'auto', money: order });
  return choice.kind === 'none' ? [] : choice.candidates.map(({ name }) => name);
}

/** Makes the decision that was confirmed, and leaves its card in the message. */
export const confirmResolve: Confirmed = async (env, ctx, { payload, reason }) => {
  const action = resolvingActions.find((each) => each === payload['action']);
  const option = payload['option'];
  const shownMinor = payload['shownMinor'];
  if (action === undefined) return outOfDate;
  const caseId = String(payload['caseId']);
  const resolution = await decideCase(env, {
    caseId,
    action,
    reason: reason ?? '',
    by: actingAdmin(ctx),
    option: typeof option === 'string' ? option : null,
    ...(typeof shownMinor === 'number' && { shownMinor }),
  });
  await showCase(env, { edit: ctx }, { id: caseId });
  if (resolution.kind === 'decided' && resolution.code === 'link_made') {
    await replyView(ctx, paymentLink(resolution.link, { ...env.presentation(), buttons: 'full' }));
  }
  return resolutionText(resolution);
};
