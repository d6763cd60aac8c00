package io.unifluid.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every package knows exactly those that {@code packages.txt} lists, and no arrow runs back. */
@AnalyzeClasses(packages = "io.unifluid", importOptions = ImportOption.DoNotIncludeTests.class)
final class PackagesTest {
    private static final String ROOT = "io.unifluid.";

    /** The core decides and does nothing: it runs without Kafka, Avro, a framework or a clock. */
    @ArchTest
    static final ArchRule THE_CORE_KNOWS_ONLY_THE_JDK = classes()
            .that()
            .resideInAPackage("io.unifluid.scheduling..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "io.unifluid.scheduling..");

    /** What decides about pictures is a matter of values alone: so a verdict can be proven and replayed. */
    @ArchTest
    static final ArchRule POLICIES_KNOW_ONLY_THE_JDK = classes()
            .that()
            .resideInAnyPackage(
                    "io.unifluid.moderation.policy..",
                    "io.unifluid.moderation.hash..",
                    "io.unifluid.moderation.review..",
                    "io.unifluid.moderation.evaluation..",
                    "io.unifluid.pdq..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "io.unifluid.moderation.policy..",
                    "io.unifluid.moderation.hash..",
                    "io.unifluid.moderation.review..",
                    "io.unifluid.moderation.evaluation..",
                    "io.unifluid.pdq..");

    /** Models know nothing of how requests reach them. */
    @ArchTest
    static final ArchRule MODELS_KNOW_NO_KAFKA = noClasses()
            .that()
            .resideInAPackage("io.unifluid.inference..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "org.apache.avro..", "io.micronaut..", "io.unifluid.schemas..");

    @ArchTest
    static final ArchRule NO_CIRCLES =
            SlicesRuleDefinition.slices().matching("io.unifluid.(**)").should().beFreeOfCycles();

    /** Both ways: what is not listed is forbidden, and what is listed and not used is stale. */
    @ArchTest
    static void everyArrowIsListedAndEveryListedOneIsThere(JavaClasses classes) {
        assertThat(arrows(classes).entrySet().stream().map(entry -> entry.getKey() + " -> " + entry.getValue()))
                .containsExactlyElementsOf(listed());
    }

    private static Map<String, String> arrows(JavaClasses classes) {
        var arrows = new TreeMap<String, TreeSet<String>>();
        for (var origin : classes) {
            for (var dependency : origin.getDirectDependenciesFromSelf()) {
                var from = room(origin);
                var to = room(dependency.getTargetClass());
                if (dependency.getTargetClass().getPackageName().startsWith(ROOT) && !from.equals(to)) {
                    arrows.computeIfAbsent(from, _ -> new TreeSet<>()).add(to);
                }
            }
        }
        return arrows.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> String.join(" ", entry.getValue()), (one, _) -> one, TreeMap::new));
    }

    private static String room(JavaClass type) {
        return type.getPackageName()
                .substring(Math.min(ROOT.length(), type.getPackageName().length()));
    }

    private static Stream<String> lines() {
        try (var in = PackagesTest.class.getResourceAsStream("packages.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Iterable<String> listed() {
        return lines().filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
    }
}
