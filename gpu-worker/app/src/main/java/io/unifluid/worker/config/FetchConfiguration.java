package io.unifluid.worker.config;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.bind.annotation.Bindable;
import io.unifluid.blobs.fetch.FetchSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** What may be fetched for a request, for example {@code UNIFLUID_FETCH_ROOTS=/srv/pictures,/data}. */
@ConfigurationProperties(FetchConfiguration.PREFIX)
record FetchConfiguration(
        @Nullable List<String> roots,
        @Nullable List<String> hosts,
        @Nullable List<String> buckets,
        @Bindable(defaultValue = "20971520") long maxBytes,
        @Bindable(defaultValue = "10s") Duration timeout) {
    static final String PREFIX = "unifluid.fetch";

    /** @throws IllegalArgumentException with one sentence that names the setting */
    FetchSettings settings() {
        return new FetchSettings(
                given(roots).stream().map(Path::of).toList(), Set.copyOf(given(hosts)), false, maxBytes, timeout);
    }

    static List<String> given(@Nullable List<String> values) {
        return values == null ? List.of() : values;
    }
}
