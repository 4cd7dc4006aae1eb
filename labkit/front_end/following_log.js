// Where the reader of a log is. Its end stays in sight until the reader scrolls up.

const AT_END = 4; // pixels from the end that still count as the end

export class FollowingLog {
  /** Where the log was left; a reader who scrolls up comes to less. */
  #top = 0;
  #resized = new ResizeObserver(() => this.grown());

  /**
   * @param {HTMLElement} log  which scrolls
   * @param {() => void} [onEnd]  called when its end is in sight again
   */
  constructor(log, onEnd = () => {}) {
    this.log = log;
    this.following = true;
    this.onEnd = onEnd;
    log.addEventListener("scroll", () => this.noteReader());
    this.#resized.observe(log);
  }

  /** Shows the end, and follows it. */
  toEnd() {
    const { log } = this;
    this.following = true;
    this.onEnd();
    log.scrollTop = log.scrollHeight;
    this.#top = log.clientHeight ? log.scrollTop : Number.POSITIVE_INFINITY; // not laid out yet
  }

  /** Something was added, or the log has another size. */
  grown() {
    if (this.following) this.toEnd();
  }

  /** Only a reader scrolls up; when the log itself shrinks or grows, it keeps following. */
  noteReader() {
    const { log } = this;
    if (!log.clientHeight) return;
    if (log.scrollHeight - log.scrollTop - log.clientHeight < AT_END) {
      this.following = true;
      this.onEnd();
    } else if (log.scrollTop < this.#top - 1) this.following = false;
    this.#top = log.scrollTop;
  }

  stop() {
    this.#resized.disconnect();
  }
}
