package io.unifluid.containers;

import java.util.Optional;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests the one {@link ContainerPath} of this run, started by the first class and closed after the last. */
final class InContainers implements ExecutionCondition, BeforeAllCallback, ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(InContainers.class);

    /** Without an engine the class is skipped, unless containers are required. */
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        var lacking = Engine.isRequired() || context.getTestMethod().isPresent()
                ? Optional.<String>empty()
                : Engine.lacking();
        lacking.ifPresent(why -> System.out.println("SKIPPED " + context.getDisplayName() + ": " + why));
        return lacking.map(ConditionEvaluationResult::disabled)
                .orElseGet(() -> ConditionEvaluationResult.enabled("containers can be run"));
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        path(context);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == ContainerPath.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return path(context);
    }

    private static ContainerPath path(ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(ContainerPath.class, key -> start(), ContainerPath.class);
    }

    private static ContainerPath start() {
        Engine.lacking().ifPresent(why -> {
            throw new IllegalStateException(why);
        });
        try {
            Images.makeCurrent();
            return ContainerPath.start();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the containers were starting.", e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("The containers did not start.", e);
        }
    }
}
