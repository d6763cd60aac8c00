package io.unifluid.client;

import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.RequestState;
import io.unifluid.schemas.RequestStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.SubmissionPublisher;

/**
 * The statuses of one request for one subscriber: those that were written before it began to listen, then those that
 * come, each once and in order, and a terminal one at the end, also where the operator has none published.
 */
final class StatusStream implements KeyedReader.Listener<RequestStatus> {
    private record Came(RequestStatus status, KeyedReader.At at) {}

    private final SubmissionPublisher<RequestStatus> subscriber;
    private final Runnable leave;
    private final Map<Integer, Long> shown = new HashMap<>();
    private final List<Came> meanwhile = new ArrayList<>();
    private boolean lookingBack = true;
    private boolean over;

    /** @param leave is called once, when no more is wanted */
    StatusStream(SubmissionPublisher<RequestStatus> subscriber, Runnable leave) {
        this.subscriber = subscriber;
        this.leave = leave;
    }

    /** Of those that lie there already. */
    KeyedReader.Listener<RequestStatus> earlier() {
        return new KeyedReader.Listener<>() {
            @Override
            public boolean came(RequestStatus status, KeyedReader.At at) {
                return show(status, at);
            }

            @Override
            public void failed(RuntimeException problem) {
                StatusStream.this.failed(problem);
            }
        };
    }

    /** All that lay there has been shown. */
    synchronized void lookedBack() {
        lookingBack = false;
        meanwhile.forEach(came -> show(came.status(), came.at()));
        meanwhile.clear();
    }

    @Override
    public synchronized boolean came(RequestStatus status, KeyedReader.At at) {
        if (lookingBack) {
            meanwhile.add(new Came(status, at));
            return true;
        }
        return show(status, at);
    }

    @Override
    public synchronized void failed(RuntimeException problem) {
        if (!over) {
            end();
            subscriber.closeExceptionally(problem);
        }
    }

    /** The request has its result; nothing happens where its last status was seen. */
    synchronized void ended(InferenceResult result) {
        if (!over) {
            publish(RequestStatus.newBuilder()
                    .setRequestId(result.getRequestId())
                    .setState(RequestState.valueOf(result.getStatus().name()))
                    .setAttempt(result.getAttempts())
                    .setDetail(
                            result.getError() == null ? null : result.getError().getMessage())
                    .setUpdatedAt(result.getCompletedAt())
                    .build());
        }
    }

    private synchronized boolean show(RequestStatus status, KeyedReader.At at) {
        if (!over && shown.getOrDefault(at.partition(), -1L) < at.offset()) {
            shown.put(at.partition(), at.offset());
            publish(status);
        }
        return !over;
    }

    private void publish(RequestStatus status) {
        if (!subscriber.hasSubscribers()) {
            end();
        } else if (subscriber.offer(status, null) < 0) {
            failed(new UnansweredException(
                    "The statuses of the request " + status.getRequestId()
                            + " came faster than they were asked for; the request goes on.",
                    null));
        } else if (terminal(status.getState())) {
            end();
            subscriber.close();
        }
    }

    private void end() {
        over = true;
        leave.run();
    }

    private static boolean terminal(RequestState state) {
        return switch (state) {
            case UNKNOWN, SCHEDULED, RUNNING, WAITING -> false;
            case SUCCEEDED, FAILED, EXPIRED, CANCELLED, REJECTED -> true;
        };
    }
}
