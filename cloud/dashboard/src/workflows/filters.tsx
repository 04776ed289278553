import { useId } from 'react'
import type { FacilityView } from '../api/types.ts'
import { type Filter, noFilter, PRIORITIES, SORTS, type Sort, STANDINGS, type Standing } from '../state/listing.ts'
import { oneOf, overviewAddress, replaceAddress } from '../state/route.ts'
import { PRIORITY_WORDS } from '../words/status.ts'

export const STANDING_WORDS: Readonly<Record<Standing, string>> = {
  held: 'Held up',
  unseen: 'Out of sight',
  moving: 'Moving',
  failed: 'Failed',
  ended: 'Ended',
}

const SORT_WORDS: Readonly<Record<Sort, string>> = {
  attention: 'What needs a look',
  changed: 'Latest change',
  started: 'Latest start',
  priority: 'Priority',
}

interface FiltersProps {
  readonly filter: Filter
  readonly facilities: readonly FacilityView[]
  readonly counts: Readonly<Record<Standing, number>>
}

export const Filters = ({ filter, facilities, counts }: FiltersProps) => {
  const change = (to: Partial<Filter>): void => replaceAddress(overviewAddress({ ...filter, ...to }))
  return (
    <search className="filters">
      <Standings filter={filter} counts={counts} />
      <div className="fields">
        <Field label="Find">
          {(id) => (
            <input
              id={id}
              type="search"
              placeholder="Title, key, reason…"
              value={filter.text}
              onChange={({ target }) => change({ text: target.value })}
            />
          )}
        </Field>
        <Choice
          label="Facility"
          value={filter.facility}
          options={facilities.map(({ id, title }) => [id, title])}
          onChoose={(facility) => change({ facility })}
        />
        <Choice
          label="Priority"
          value={filter.priority}
          options={PRIORITIES.map((each) => [each, PRIORITY_WORDS[each]])}
          onChoose={(priority) => change({ priority: oneOf(PRIORITIES, priority) })}
        />
        <Field label="Order">
          {(id) => (
            <select id={id} value={filter.sort} onChange={({ target }) => change({ sort: oneOf(SORTS, target.value) ?? noFilter.sort })}>
              {SORTS.map((sort) => (
                <option key={sort} value={sort}>
                  {SORT_WORDS[sort]}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
    </search>
  )
}

const Standings = ({ filter, counts }: Pick<FiltersProps, 'filter' | 'counts'>) => {
  const all = STANDINGS.reduce((sum, standing) => sum + counts[standing], 0)
  return (
    <nav className="standings" aria-label="By standing">
      <Tab href={overviewAddress({ ...filter, standing: undefined })} isChosen={filter.standing === undefined} word="All" number={all} />
      {STANDINGS.map((standing) => (
        <Tab
          key={standing}
          href={overviewAddress({ ...filter, standing })}
          isChosen={filter.standing === standing}
          word={STANDING_WORDS[standing]}
          number={counts[standing]}
        />
      ))}
    </nav>
  )
}

interface TabProps {
  readonly href: string
  readonly isChosen: boolean
  readonly word: string
  readonly number: number
}

const Tab = ({ href, isChosen, word, number }: TabProps) => (
  <a href={href} aria-current={isChosen ? 'true' : undefined}>
    {word} <span className="tab-number">{number.toLocaleString()}</span>
  </a>
)

const Field = ({ label, children }: { readonly label: string; readonly children: (id: string) => React.ReactNode }) => {
  const id = useId()
  return (
    <span className="field">
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </span>
  )
}

interface ChoiceProps {
  readonly label: string
  readonly value: string | undefined
  readonly options: readonly (readonly [string, string])[]
  readonly onChoose: (value: string | undefined) => void
}

const Choice = ({ label, value, options, onChoose }: ChoiceProps) => (
  <Field label={label}>
    {(id) => (
      <select id={id} value={value ?? ''} onChange={({ target }) => onChoose(target.value || undefined)}>
        <option value="">All</option>
        {options.map(([each, words]) => (
          <option key={each} value={each}>
            {words}
          </option>
        ))}
      </select>
    )}
  </Field>
)
