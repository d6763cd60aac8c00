package io.unifluid.moderation.event;

import io.unifluid.moderation.hash.HashEntry;
import io.unifluid.moderation.policy.PolicyRules;
import io.unifluid.schemas.HashKind;
import io.unifluid.schemas.HashListEntry;
import io.unifluid.schemas.ModerationDecision;
import java.time.Instant;
import java.util.regex.Pattern;

/** Entries of hash lists as they travel. */
public final class HashRecords {
    private static final Pattern LIST = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    /** @throws IllegalArgumentException one sentence, when it is none */
    public static HashEntry read(String key, HashListEntry record) {
        var effect = switch (record.getEffect()) {
            case ALLOW -> HashEntry.Effect.ALLOW;
            case BLOCK -> HashEntry.Effect.BLOCK;
            case REVIEW, UNKNOWN -> throw new IllegalArgumentException("effect: must be ALLOW or BLOCK.");
        };
        var kind = switch (record.getKind()) {
            case SHA256 -> HashEntry.Kind.SHA256;
            case PDQ -> HashEntry.Kind.PDQ;
            case UNKNOWN -> throw new IllegalArgumentException("kind: must be SHA256 or PDQ.");
        };
        if (!HASH.matcher(record.getHash()).matches()) {
            throw new IllegalArgumentException("hash: must be 64 hex digits in lower case.");
        }
        if (!LIST.matcher(record.getList()).matches()) {
            throw new IllegalArgumentException("list: use up to 64 of a-z, 0-9 and . _ - as its name.");
        }
        if (!record.getLabels().stream().allMatch(PolicyRules::isLabel)) {
            throw new IllegalArgumentException(
                    "labels: use up to 64 letters, digits, spaces and . _ : / + - and begin with a letter or digit.");
        }
        var entry = new HashEntry(
                record.getTenant(),
                record.getList(),
                effect,
                kind,
                record.getHash(),
                record.getLabels(),
                record.getNote());
        if (!Keys.of(entry).equals(key)) {
            throw new IllegalArgumentException("key: the record's key must be " + Keys.of(entry) + ".");
        }
        return entry;
    }

    public static HashListEntry written(HashEntry entry, String by, Instant at) {
        return HashListEntry.newBuilder()
                .setTenant(entry.tenant())
                .setList(entry.list())
                .setEffect(
                        switch (entry.effect()) {
                            case ALLOW -> ModerationDecision.ALLOW;
                            case BLOCK -> ModerationDecision.BLOCK;
                        })
                .setKind(kind(entry.kind()))
                .setHash(entry.hash())
                .setLabels(entry.labels())
                .setNote(entry.note())
                .setAddedBy(by)
                .setAddedAt(at)
                .build();
    }

    public static HashKind kind(HashEntry.Kind kind) {
        return switch (kind) {
            case SHA256 -> HashKind.SHA256;
            case PDQ -> HashKind.PDQ;
        };
    }

    private HashRecords() {}
}
