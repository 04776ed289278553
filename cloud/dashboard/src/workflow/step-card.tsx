import type { StepView } from '../api/types.ts'
import { Pill } from '../frame/pill.tsx'
import { Sign } from '../frame/sign.tsx'
import { stepPhrase } from '../words/status.ts'
import { type Card, ITEMS_SHOWN, sentenceOf, tryOf } from './graph-layout.ts'

interface StepCardProps {
  readonly card: Card
  readonly isChosen: boolean
  readonly onChoose: (ref: number) => void
}

/** Each line's height is counted in graph-layout.ts; what is added here must be counted there. */
export const StepCard = ({ card, isChosen, onChoose }: StepCardProps) => {
  const { step } = card
  const phrase = stepPhrase(step.status)
  const tried = tryOf(step)
  const sentence = sentenceOf(step)
  return (
    <button
      type="button"
      className={`step tone-${phrase.tone} step-${step.status}`}
      aria-pressed={isChosen}
      onClick={() => onChoose(step.ref)}
      data-testid={`step-${step.id}`}
    >
      <span className="step-title">{step.title}</span>
      <span className="step-status">
        <Pill phrase={phrase} />
      </span>
      {tried !== '' && <span className="step-try">{tried}</span>}
      {sentence !== undefined && <span className="step-sentence">{sentence}</span>}
      {card.items.length > 0 && <Items card={card} />}
    </button>
  )
}

const Items = ({ card: { items, settled } }: { readonly card: Card }) => (
  <span className="items">
    <span className="items-count">
      {settled} of {items.length} settled
    </span>
    {items.slice(0, ITEMS_SHOWN).map((item) => (
      <Item key={item.ref} item={item} />
    ))}
    {items.length > ITEMS_SHOWN && <span className="items-more">and {items.length - ITEMS_SHOWN} more</span>}
  </span>
)

const Item = ({ item }: { readonly item: StepView }) => {
  const { word, tone, sign } = stepPhrase(item.status)
  return (
    <span className={`item tone-${tone}`} data-testid={`step-${item.id}`}>
      <Sign shape={sign} />
      <span className="item-title">{item.title}</span>
      <span className="item-word">{word}</span>
    </span>
  )
}
