package io.unifluid.streams.lifecycle;

import io.unifluid.scheduling.admission.AdmissionLimits;
import io.unifluid.scheduling.admission.RejectKind;
import io.unifluid.scheduling.admission.Rejection;
import io.unifluid.scheduling.admission.RequestValidator;
import io.unifluid.scheduling.admission.RunningModels;
import io.unifluid.scheduling.lifecycle.LifecycleEvent;
import io.unifluid.scheduling.reuse.ComputationKey;
import io.unifluid.scheduling.task.CostModel;
import io.unifluid.scheduling.task.Lane;
import io.unifluid.scheduling.task.RequestFacts;
import io.unifluid.scheduling.task.WorkProfile;
import io.unifluid.scheduling.task.WorkProfiles;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.OneLine;
import io.unifluid.streams.config.StreamsSettings;
import io.unifluid.streams.event.PictureHash;
import io.unifluid.streams.event.RequestReading;
import java.util.Map;
import java.util.Optional;

/**
 * A request as admission sees it: checked, measured, and with all that its result will need.
 *
 * @param bytes the record as received; what the request store keeps
 */
record AdmittedRequest(
        InferenceRequest request, byte[] bytes, RequestMetadata metadata, LifecycleEvent.Submitted event) {

    /** Runs a received request through validation and measuring, in the order in which a caller should hear of it. */
    static final class Admission {
        private final StreamsSettings settings;
        private final RequestValidator validator;
        private final WorkProfiles profiles;
        private final AdmissionLimits limits;
        private final CostModel costs;

        Admission(StreamsSettings settings) {
            this.settings = settings;
            this.validator = new RequestValidator(settings.validation());
            this.profiles = new WorkProfiles(settings.costs());
            this.limits = settings.admission();
            this.costs = settings.costs();
        }

        AdmittedRequest receive(
                InferenceRequest request,
                byte[] bytes,
                RunningModels running,
                TenantLoad load,
                Optional<String> traceparent) {
            var facts = RequestReading.facts(request);
            var rejection = validator
                    .validate(facts)
                    .or(() -> absent(running, facts))
                    .or(() -> facts.task().flatMap(task -> limits.check(task, costs.cost(task))))
                    .or(() -> limits.check(facts.tenant(), load.of(facts.tenant())));
            var profile = facts.task().isEmpty() || rejection.isPresent()
                    ? unmeasured(request)
                    : atLeast(bytes.length, profiles.profile(facts, computationKey(request, facts)));
            var replyTopic = facts.replyTopic().filter(settings.validation().replyTopics()::contains);
            var labels = rejection.isEmpty() || settings.validation().takesLabels(facts.labels())
                    ? facts.labels()
                    : Map.<String, String>of();
            var metadata =
                    RequestMetadata.of(request, profile, settings.shard(profile), replyTopic, traceparent, labels);
            return new AdmittedRequest(request, bytes, metadata, new LifecycleEvent.Submitted(profile, rejection));
        }

        private Optional<Rejection> absent(RunningModels running, RequestFacts facts) {
            return switch (settings.absentModel()) {
                case REJECT -> running.check(facts);
                case WAIT -> Optional.empty();
            };
        }

        private Optional<String> computationKey(InferenceRequest request, RequestFacts facts) {
            return settings.reuse().enabled() && request.getReuse()
                    ? ComputationKey.of(
                            facts, RequestReading.seed(request), PictureHash.of(request.getImage()), settings.reuse())
                    : Optional.empty();
        }

        /** Fields that the estimate leaves out count too. */
        private static WorkProfile atLeast(long bytes, WorkProfile profile) {
            return bytes <= profile.bytes()
                    ? profile
                    : new WorkProfile(
                            profile.requestId(),
                            profile.tenant(),
                            profile.lane(),
                            profile.bucket(),
                            profile.cost(),
                            bytes,
                            profile.deadline(),
                            profile.computationKey());
        }

        /**
         * A refused request never reaches a lane, and what it asks for may not be measurable at all. What its result
         * repeats of it is bounded all the same.
         */
        private WorkProfile unmeasured(InferenceRequest request) {
            int longest = settings.validation().maxIdChars();
            var tenant = request.getTenant();
            return new WorkProfile(
                    request.getRequestId(),
                    tenant.length() <= longest ? tenant : OneLine.of(tenant, longest),
                    Lane.UNDERSTAND_BULK,
                    "",
                    0,
                    0,
                    Optional.empty(),
                    Optional.empty());
        }
    }

    /** The same request, refused after all. */
    LifecycleEvent.Submitted refused(String message) {
        return new LifecycleEvent.Submitted(event.profile(), Optional.of(new Rejection(RejectKind.TOO_LARGE, message)));
    }

    Optional<Rejection> rejection() {
        return event.rejection();
    }
}
