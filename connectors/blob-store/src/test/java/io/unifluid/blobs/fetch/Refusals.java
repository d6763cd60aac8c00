package io.unifluid.blobs.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.assertj.core.api.AbstractStringAssert;

/** How a fetch fails: asserts the kind, hands on the sentence. */
final class Refusals {
    private Refusals() {}

    static AbstractStringAssert<?> badInput(ImageSource source, ImageLocation location) {
        return sentence(FetchException.Kind.BAD_INPUT, source, location);
    }

    static AbstractStringAssert<?> passing(ImageSource source, ImageLocation location) {
        return sentence(FetchException.Kind.TRANSIENT, source, location);
    }

    private static AbstractStringAssert<?> sentence(
            FetchException.Kind kind, ImageSource source, ImageLocation location) {
        FetchException refused = catchThrowableOfType(FetchException.class, () -> source.fetch(location));
        assertThat(refused).as("the fetch must fail").isNotNull();
        assertThat(refused.kind()).as(refused.getMessage()).isEqualTo(kind);
        return assertThat(refused.getMessage());
    }
}
