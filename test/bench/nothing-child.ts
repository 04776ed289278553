/** What a process costs before it has done anything. */
console.log(JSON.stringify({ doneMs: performance.now() }))
