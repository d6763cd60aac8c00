package io.unifluid.inference.support;

import io.unifluid.inference.InferenceItem.GenerateItem;
import io.unifluid.inference.image.ImageSpec;
import java.util.OptionalDouble;

/** What every family that draws refuses in the same words. */
public final class DrawChecks {
    /** A bound against nonsense, well above the 2 to 5 that models are tuned for. */
    public static final double MAX_GUIDANCE = 20;

    private DrawChecks() {}

    /** Refuses a prompt that says nothing, a size that is not the model's own, and too many pictures. */
    public static void require(GenerateItem item, ImageSpec own, int maxCount) throws BadItem {
        ItemChecks.requireText(item.prompt(), "prompt");
        if ((item.width() != 0 && item.width() != own.width())
                || (item.height() != 0 && item.height() != own.height())) {
            throw new BadItem("This model draws " + own.width() + "x" + own.height() + " px and not " + item.width()
                    + "x" + item.height() + "; leave the size out.");
        }
        if (item.count() < 1 || item.count() > maxCount) {
            throw new BadItem("count is " + item.count() + "; ask for 1 to " + maxCount + " pictures.");
        }
    }

    /** How strongly a prompt steers, where {@code normal} is the model's default. */
    public static float guidance(OptionalDouble asked, double normal) throws BadItem {
        double guidance = asked.orElse(normal);
        if (!(guidance >= 0 && guidance <= MAX_GUIDANCE)) {
            throw new BadItem("guidance is " + guidance + "; set it from 0 to " + MAX_GUIDANCE + ".");
        }
        return (float) guidance;
    }
}
