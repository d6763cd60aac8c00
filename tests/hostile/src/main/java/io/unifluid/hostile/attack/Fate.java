package io.unifluid.hostile.attack;

/** What the promise says about a record that a stranger sent. */
public enum Fate {
    /** Its id has one terminal result, or the record is a dead letter. */
    RESULT_OR_LETTER,
    /** The record is a dead letter: it has no id by which anybody could wait for a result. */
    LETTER,
    /** It may go without a word, but for a count: a cancel of what nobody knows, a second record of a known id. */
    UNHEARD
}
