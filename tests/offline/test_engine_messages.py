"""Messages of the protocol under SDKs that do not have all of them."""

from pulumi.runtime.proto import resource_pb2

from offline.engine.protocol import messages


def test_a_field_that_the_sdk_lacks_is_left_out() -> None:
    """Nobody could ask for it."""
    made = messages.make(resource_pb2.SupportsFeatureResponse, hasSupport=True, telepathy="yes")
    assert made == resource_pb2.SupportsFeatureResponse(hasSupport=True)


def test_a_feature_that_the_sdk_lacks_is_left_out() -> None:
    """The others have their numbers."""
    named = {resource_pb2.ResourceMonitorFeature.Name(number) for number in messages.list_features()}
    assert {"RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES", "RESOURCE_MONITOR_FEATURE_INVOKE_DEPENDS_ON"} <= named
    assert len(named) == len(messages.FEATURES) + 1
