package io.unifluid.moderation.policy;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What follows from the calibrated score of one choice. What no band holds is allowed.
 *
 * @param choice one of its question's
 * @param labels that the picture gets where the decision is not to allow it
 */
public record Watch(String choice, List<Band> bands, List<String> labels) {
    public Watch {
        bands = bands.stream().sorted(Comparator.comparing(Band::from)).toList();
        labels = List.copyOf(labels);
    }

    Optional<Band> band(double score) {
        return bands.stream().filter(band -> band.holds(score)).findFirst();
    }
}
