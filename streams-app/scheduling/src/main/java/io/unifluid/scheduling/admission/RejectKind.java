package io.unifluid.scheduling.admission;

/** Why admission refused a request; stable names that callers may match on. */
public enum RejectKind {
    /** Too long. */
    BAD_REQUEST_ID,
    BAD_TENANT,
    /** The task is none that this version knows, or none that a running model does. */
    UNKNOWN_TASK,
    /** The name cannot be a model's. */
    BAD_MODEL,
    /** No worker runs the model. */
    UNKNOWN_MODEL,
    MISSING_PICTURE,
    UNEXPECTED_PICTURE,
    PICTURE_TOO_LARGE,
    BAD_PICTURE_URI,
    BAD_PICTURE_HASH,
    BAD_MEDIA_TYPE,
    BAD_PROMPT,
    BAD_QUESTIONS,
    BAD_CHOICES,
    OUT_OF_RANGE,
    REPLY_TOPIC_NOT_ALLOWED,
    TOO_MANY_LABELS,
    BAD_LABEL,
    /** It would take too much of the device; the message says what to shorten. */
    TOO_EXPENSIVE,
    /** What would have to be written for it is more than a record may be. */
    TOO_LARGE,
    /** The tenant has as many unfinished requests as it may have; sending again later can help. */
    OVER_LIMIT
}
