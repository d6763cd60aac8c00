package io.unifluid.moderation.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.moderation.policy.Band;
import io.unifluid.moderation.policy.Changes;
import io.unifluid.moderation.policy.Decision;
import io.unifluid.moderation.policy.OnFailure;
import io.unifluid.moderation.policy.Policy;
import io.unifluid.moderation.policy.PolicyRules;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyFileTest {
    static final String WEAPONS = """
            policy: weapons
            onFailure: closed
            sample: 0.01
            questions:
              - name: weapon
                ask: is there a weapon?
                choices: [yes, no]
                bands:
                  - choice: yes
                    review: 0.5
                    block: 0.9
                    labels: [weapon]
              - name: who
                ask: who is there?
                choices: [child, adult, nobody]
            rules:
              - name: armed-child
                decide: block
                labels: [endangered]
                all:
                  - {question: weapon, choice: yes, atLeast: 0.3}
                  - {question: who, choice: child, atLeast: 0.5}
            """;

    @Test
    void readsWhatTeamsWrite() {
        var policy = read(WEAPONS);

        assertThat(policy.tenant()).isEqualTo("acme");
        assertThat(policy.onFailure()).isEqualTo(OnFailure.CLOSED);
        assertThat(policy.questions().getFirst().asked().choices()).containsExactly("yes", "no");
        assertThat(policy.questions().getFirst().watches().getFirst().bands())
                .containsExactly(new Band(Decision.REVIEW, 0.5, 0.9), new Band(Decision.BLOCK, 0.9, 1));
        assertThat(policy.rules().getFirst().conditions()).hasSize(2);
    }

    @Test
    void takesBandsThatGoDown() {
        var policy = read(WEAPONS.replace("review: 0.5", "review: [0.2, 0.6]\n        allow: [0.6, 1]")
                .replace("block: 0.9", "block: [0, 0.2]"));

        assertThat(policy.questions().getFirst().watches().getFirst().bands())
                .extracting(Band::decision)
                .containsExactly(Decision.BLOCK, Decision.REVIEW, Decision.ALLOW);
    }

    /** What is replaced, with what, and how the refusal goes on. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            choice: yes, atLeast | choice: perhaps, atLeast | rules.armed-child.all[0].choice: 'perhaps' is none of the choices of 'weapon': yes, no.
            - choice: yes | - choice: Yes | questions.weapon.bands[0].choice: 'Yes' is none of the choices
            block: 0.9 | block: 1.5 | questions.weapon.bands[0].block: goes from 1.5 to 1.0; scores are from 0 to 1.
            block: 0.9 | block: 0.3 | questions.weapon.bands[0].review: goes from 0.5 to 0.3: its beginning must lie below
            block: 0.9 | block: [0.9, 0.7] | questions.weapon.bands[0].block: goes from 0.9 to 0.7: its beginning
            review: 0.5 | review: [0.5, 0.95] | questions.weapon.bands[0].block: begins at 0.9, but review goes up to 0.95
            review: 0.5 | allow: [0.1, 0.9] | questions.weapon.bands[0]: the scores from 0 to 0.1 lie in no band.
            review: 0.5 | review: much | questions[0].bands[0].review: is 'much'; it must be a number.
            review: 0.5 | review: NaN | questions.weapon.bands[0].review: goes from NaN
            sample: 0.01 | sample: 2 | sample: is 2.0; it must be from 0 to 1.
            onFailure: closed | onFailure: shut | onFailure: is 'shut'; it must be one of open, closed, review.
            question: who | question: whom | rules.armed-child.all[1].question: there is no question 'whom'
            atLeast: 0.5 | atLeast: 1.5 | rules.armed-child.all[1].atLeast: is 1.5; scores are from 0 to 1.
            atLeast: 0.5 | atLeast: 0.5, below: 0.5 | rules.armed-child.all[1]: no score is at least 0.5 and below 0.5.
            labels: [weapon] | labels: ["<script>alert(1)</script>"] | questions.weapon.bands[0].labels[0]: '<script>alert(1)</script>' is no label
            policy: weapons | policy: Weapons! | policy: 'Weapons!' is no name
            policy: weapons | tenant: acme | policy: is missing.
            sample: 0.01 | smaple: 0.01 | smaple: is not known here; there are policy, tenant, version, shadow
            name: who | name: weapon | questions[1].name: 'weapon' is there twice
            choices: [yes, no] | choices: [yes] | questions.weapon.choices: there are 1; give 2 to 256.
            choices: [yes, no] | choices: [yes, yes, no] | questions.weapon.choices[1]: 'yes' is there twice.
            ask: who is there? | ask: "who\\nis there?" | questions.who.ask: has characters that nobody sees
            all: | some: | rules[0].some: is not known here
            """)
    void refusesWithTheFieldsName(String sound, String broken, String said) {
        assertThat(WEAPONS).contains(sound);

        assertThatThrownBy(() ->
                        read(WEAPONS.replaceFirst(java.util.regex.Pattern.quote(sound), broken.replace("\\", "\\\\"))))
                .isInstanceOf(BadFileException.class)
                .hasMessageContaining(said);
    }

    @Test
    void refusesTenThousandQuestionsInOneSentence() {
        var questions = IntStream.range(0, 10_000)
                .mapToObj(i -> "  - {name: q" + i + ", ask: \"is it " + i + "?\", choices: [yes, no]}")
                .collect(Collectors.joining("\n", "policy: many\nquestions:\n", "\n"));

        assertThatThrownBy(() -> read(questions))
                .isInstanceOfSatisfying(
                        BadFileException.class,
                        refusal -> assertThat(refusal.problems())
                                .containsExactly("questions: there are 10000; the limit is 64."));
    }

    @Test
    void aTenantsPoliciesTogetherAskNoMoreThanOneRequestTakes() {
        var two = IntStream.range(0, 2)
                .mapToObj(part -> read(IntStream.range(0, 40)
                        .mapToObj(i -> "  - {name: q" + i + ", ask: \"is it " + part + "/" + i
                                + "?\", choices: [yes, no], bands: [{choice: yes, block: 0.9}]}")
                        .collect(Collectors.joining("\n", "policy: p" + part + "\nquestions:\n", "\n"))))
                .toList();

        assertThat(PolicyRules.problemsTogether(two))
                .hasSize(1)
                .first()
                .asString()
                .contains("80 different questions");
        assertThat(PolicyRules.problemsTogether(List.of(two.getFirst(), two.getFirst())))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            policy: [             | is no YAML
            just a text           | The file: must be fields with values
            "policy: a\\npolicy: b" | is no YAML
            !!java.net.URL [x]    | is no YAML
            """)
    void refusesWhatIsNoPolicyAtAll(String text, String said) {
        assertThatThrownBy(() -> read(text.replace("\\n", "\n").replace("\"", "")))
                .isInstanceOf(BadFileException.class)
                .hasMessageContaining(said);
    }

    @Test
    void namesWhatChangedFieldByField() {
        var after = read(WEAPONS.replace("block: 0.9", "block: 0.8").replace("sample: 0.01", "sample: 0.02"));

        assertThat(Changes.between(read(WEAPONS), after))
                .containsExactly(
                        "~ questions.weapon.bands[yes].block: 0.9 to 1.0 -> 0.8 to 1.0",
                        "~ questions.weapon.bands[yes].review: 0.5 to 0.9 -> 0.5 to 0.8",
                        "~ sample: 0.01 -> 0.02");
    }

    private static Policy read(String text) {
        return PolicyFile.read("weapons.yaml", text, "acme");
    }
}
