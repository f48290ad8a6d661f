"""The two services that a Pulumi program talks to, in front of a `Deployment`: ResourceMonitor and Engine."""

# Not every SDK of the range has all the messages that signatures name.
from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent import futures
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import callback_pb2, engine_pb2, engine_pb2_grpc, resource_pb2, resource_pb2_grpc, source_pb2

from offline.engine.cloud.documents import WrongDocumentError
from offline.engine.cloud.mocks import STACK_REFERENCE
from offline.engine.deployment import PROVIDER_PREFIX, Deployment, DuplicateError, Registered, ResourceGoal, read_options
from offline.engine.pack.boot import CHANNEL_OPTIONS, PackError
from offline.engine.protocol import messages, values
from offline.engine.protocol.session import Provided, Session
from offline.engine.protocol.transforms import transform_invoke, transform_resource
from offline.engine.protocol.values import Properties
from offline.run import Failure, Unanswered

_THREADS = 64
_HOUR = 3_600_000
_INSTALLED = frozenset({"node_modules", "site-packages", "vendor"})
#: A program that is busy for minutes answers no ping meanwhile, and sends its own all at once, which gRPC would take for an attack.
_PATIENT = (
    ("grpc.http2.max_ping_strikes", 0),
    ("grpc.http2.min_recv_ping_interval_without_data_ms", 0),
    ("grpc.http2.ping_timeout_ms", _HOUR),
)


class Monitor(resource_pb2_grpc.ResourceMonitorServicer):
    """What programs register and ask for."""

    def __init__(self, deployment: Deployment, session: Session) -> None:
        """A monitor in front of one deployment."""
        self._deployment = deployment
        self._session = session
        self._lock = threading.Lock()
        self._packages: dict[str, tuple[str, str]] = {}
        self._provided: dict[str, Provided] = {}
        self._transforms: dict[str, list[callback_pb2.Callback]] = {}
        self._stack_transforms: list[callback_pb2.Callback] = []
        self._invoke_transforms: list[callback_pb2.Callback] = []
        self._takes_unknown = False

    def GetDeploymentInfo(  # noqa: N802  gRPC's name
        self, _request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> resource_pb2.DeploymentInfo:
        """The operation and what this monitor can do. Of the SDKs that ask this way, Go's takes no unknown result of a data source."""
        agent = str(dict(context.invocation_metadata()).get("user-agent", ""))
        self._takes_unknown = agent.startswith(("grpc-python", "grpc-node"))
        settings = self._deployment.settings
        return resource_pb2.DeploymentInfo(
            project=settings.project,
            stack=settings.stack,
            organization=settings.organization,
            config=dict(settings.config),
            configSecretKeys=settings.secret_keys,
            dryRun=settings.dry_run,
            supportedFeatures=messages.list_features(),
        )

    def SupportsFeature(  # noqa: N802
        self, request: resource_pb2.SupportsFeatureRequest, _context: object
    ) -> resource_pb2.SupportsFeatureResponse:
        """The older way of asking that."""
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in messages.FEATURES)

    def RegisterResource(  # noqa: N802
        self, request: resource_pb2.RegisterResourceRequest, context: grpc.ServicerContext
    ) -> resource_pb2.RegisterResourceResponse:
        """A resource, as the program wants it."""
        self._session.touch()
        if request.remote:
            self._note_remote(request)
        transformed = self._transform(request, context)
        try:
            goal = self._read_goal(transformed)
            registered = self._deployment.register(goal)
        except (PackError, DuplicateError) as error:
            self._session.fail(Failure(str(error)))
            raise _abort(context, grpc.StatusCode.UNAVAILABLE, str(error)) from error
        self._keep(registered.urn, transformed, request.transforms)
        return _answer_registration(request, registered)

    def _transform(
        self, request: resource_pb2.RegisterResourceRequest, context: grpc.ServicerContext
    ) -> resource_pb2.RegisterResourceRequest:
        """First the resource's own transforms, then those of the components it is in, then the stack's."""
        callbacks = [*request.transforms]
        parent = request.parent
        while parent:
            callbacks += self._transforms.get(parent, [])
            above = self._deployment.find(parent)
            parent = above.goal.parent if above is not None else ""
        callbacks += self._stack_transforms
        try:
            return transform_resource(request, callbacks) if callbacks else request
        except grpc.RpcError as error:
            raise _abort(context, grpc.StatusCode.UNKNOWN, f"a transform of {request.name} failed: {error.details()}") from error

    def _read_goal(self, request: resource_pb2.RegisterResourceRequest) -> ResourceGoal:
        inherited = self._provided.get(request.parent, Provided(protect=False, provider="", providers={}))
        received = values.read(request.object)
        properties = received.properties
        if request.type.startswith(PROVIDER_PREFIX):
            version = request.version or self._packages.get(request.packageRef, ("", ""))[1]
            properties |= {"__internal": {}, "version": version} if version else {}
        return ResourceGoal(
            type=request.type,
            name=request.name,
            parent=request.parent,
            custom=request.custom,
            inputs=properties,
            dependencies=tuple(request.dependencies),
            property_dependencies=_read_dependencies(request, received),
            provider=self._choose_provider(request, inherited),
            options=read_options(request, request.protect if request.HasField("protect") else inherited.protect),
            secret_outputs=tuple(request.additionalSecretOutputs),
            source=self._read_source(request),
        )

    def _read_source(self, request: resource_pb2.RegisterResourceRequest) -> str:
        """The line that the SDK sends, or the nearest one above it that is the user's: a library may stand between."""
        stack = [_read_position(frame.pc) for frame in request.stackTrace.frames] if request.HasField("stackTrace") else []
        places = [_read_position(request.sourcePosition), *stack]
        own = (place for place in places if self._session.folder is not None and Path(place).is_relative_to(self._session.folder))
        return next((place for place in own if not _INSTALLED.intersection(Path(place).parts)), places[0])

    def _choose_provider(self, request: resource_pb2.RegisterResourceRequest, inherited: Provided) -> str:
        """The given one, the parent's for this package, or the package's default; components have none."""
        if not (request.custom or request.remote) or request.type.startswith(PROVIDER_PREFIX):
            return ""
        package = request.type.partition(":")[0]
        given = request.provider or request.providers.get(package) or inherited.providers.get(package) or ""
        if not given and inherited.provider.rpartition("::")[0].endswith(f"{PROVIDER_PREFIX}{package}"):
            return inherited.provider
        return self._find_provider(given, package, request.version, request.packageRef)

    def _find_provider(self, reference: str, package: str, version: str, package_ref: str) -> str:
        """A provider reference is a URN, `::` and an id."""
        if reference:
            return reference.rpartition("::")[0]
        return self._deployment.find_default_provider(*self._packages.get(package_ref, (package, version)))

    def _keep(self, urn: str, request: resource_pb2.RegisterResourceRequest, transforms: list[callback_pb2.Callback]) -> None:
        """What children of this resource will be given."""
        registered = self._deployment.find(urn)
        inherited = self._provided.get(request.parent)
        providers = {} if request.custom else {**(inherited.providers if inherited else {}), **request.providers}
        provider = registered.goal.provider if registered is not None else ""
        with self._lock:
            self._provided[urn] = Provided(registered.goal.options.protect if registered else False, provider, providers)
            self._transforms[urn] = list(transforms)

    def _note_remote(self, request: resource_pb2.RegisterResourceRequest) -> None:
        what = f"{request.name} is a component made inside its provider ({request.type})"
        self._session.leave_blind(f"{what}, which does not run offline: what is in it was not judged")

    def RegisterResourceOutputs(  # noqa: N802
        self, request: resource_pb2.RegisterResourceOutputsRequest, _context: object
    ) -> empty_pb2.Empty:
        """A component's or the stack's outputs."""
        self._session.touch()
        self._deployment.set_outputs(request.urn, values.read(request.outputs).properties)
        return empty_pb2.Empty()

    def ReadResource(  # noqa: N802
        self, request: resource_pb2.ReadResourceRequest, context: grpc.ServicerContext
    ) -> resource_pb2.ReadResourceResponse:
        """A resource that exists already: `Bucket.get`, or a stack reference."""
        self._session.touch()
        package = request.type.partition(":")[0]
        try:
            provider = self._find_provider(request.provider, package, request.version, request.packageRef)
            read = self._deployment.read(
                ResourceGoal(
                    type=request.type,
                    name=request.name,
                    parent=request.parent,
                    custom=True,
                    inputs=values.read(request.properties).properties,
                    provider=provider,
                    id=request.id,
                )
            )
        except (PackError, DuplicateError) as error:
            self._session.fail(Failure(str(error)))
            raise _abort(context, grpc.StatusCode.UNAVAILABLE, str(error)) from error
        if request.type == STACK_REFERENCE and values.is_unknown(read.outputs["outputs"]):
            read = self._make_up_outputs(read)
        outputs = read.outputs if request.acceptSecrets else values.reveal(read.outputs)
        return messages.make(resource_pb2.ReadResourceResponse, urn=read.urn, id=read.id, properties=values.write(outputs))

    def _make_up_outputs(self, read: Registered) -> Registered:
        """Another stack's outputs that nobody knows: made up, or unknown as they are, which in an update nothing may be."""
        made_up = self._deployment.make_up_outputs(read.id)
        self._session.miss(Unanswered("stack reference", read.id, tuple(made_up or ())), made_up)
        if made_up is None and self._deployment.settings.dry_run:
            return read
        return read._replace(outputs=read.outputs | {"outputs": made_up or {}})

    def Invoke(  # noqa: N802
        self, request: resource_pb2.ResourceInvokeRequest, context: grpc.ServicerContext
    ) -> resource_pb2.ResourceInvokeResponse:
        """A data source. What depends on resources that do not exist yet is unknown; so is, in a preview, what nobody answers."""
        self._session.touch()
        try:
            changed = transform_invoke(request, self._invoke_transforms)
            package = changed.tok.partition(":")[0]
            provider = self._find_provider(changed.provider, package, changed.version, changed.packageRef)
            if self._deployment.is_pending(getattr(changed, "dependsOn", ())):
                return messages.InvokeResponse(unknown=True)
            arguments = values.reveal(values.read(changed.args).properties)
            result = self._deployment.invoke(changed.tok, arguments, provider)
        except PackError as error:
            self._session.fail(Failure(str(error)))
            raise _abort(context, grpc.StatusCode.UNAVAILABLE, str(error)) from error
        except WrongDocumentError as error:
            raise _abort(context, grpc.StatusCode.INVALID_ARGUMENT, str(error)) from error
        if result is None:
            made_up = self._deployment.make_up(changed.tok, arguments, provider)
            repeated = arguments.items()
            invented = made_up and {key: value for key, value in made_up.items() if (key, value) not in repeated}
            self._session.miss(Unanswered("data source", changed.tok, tuple(made_up or ())), invented)
            result = made_up
        if result is None:
            return self._refuse(changed.tok, context)
        return messages.InvokeResponse(**{"return": values.write(result)})

    def _refuse(self, token: str, context: grpc.ServicerContext) -> resource_pb2.ResourceInvokeResponse:
        """An SDK that does not know unknown results would take one for an empty result, and its program another way."""
        if self._deployment.settings.dry_run and self._takes_unknown:
            return messages.InvokeResponse(unknown=True)
        raise _abort(context, grpc.StatusCode.UNIMPLEMENTED, f"nobody answers {token} offline: give its result with --mocks")

    def Call(self, request: resource_pb2.ResourceCallRequest, context: grpc.ServicerContext) -> None:  # noqa: N802
        """Methods run inside providers."""
        self._session.miss(Unanswered("method", request.tok))
        raise _abort(context, grpc.StatusCode.UNIMPLEMENTED, f"{request.tok} is a method inside a provider, which does not run offline")

    def RegisterPackage(  # noqa: N802
        self, request: resource_pb2.RegisterPackageRequest, _context: object
    ) -> resource_pb2.RegisterPackageResponse:
        """A package by reference; a parameterised one goes by its own name and version."""
        own = request.parameterization if request.HasField("parameterization") else request
        reference = f"{own.name}@{own.version}"
        with self._lock:
            self._packages[reference] = (own.name, own.version)
        return resource_pb2.RegisterPackageResponse(ref=reference)

    def RegisterStackTransform(self, request: callback_pb2.Callback, _context: object) -> empty_pb2.Empty:  # noqa: N802
        """A transform of every resource from now on."""
        with self._lock:
            self._stack_transforms.append(request)
        return empty_pb2.Empty()

    def RegisterStackInvokeTransform(self, request: callback_pb2.Callback, _context: object) -> empty_pb2.Empty:  # noqa: N802
        """A transform of every data source call from now on."""
        with self._lock:
            self._invoke_transforms.append(request)
        return empty_pb2.Empty()

    def RegisterResourceHook(self, _request: object, _context: object) -> empty_pb2.Empty:  # noqa: N802
        """Hooks run around real changes, of which there are none."""
        return empty_pb2.Empty()

    def RegisterErrorHook(self, _request: object, _context: object) -> empty_pb2.Empty:  # noqa: N802
        """As above."""
        return empty_pb2.Empty()

    def SignalAndWaitForShutdown(self, _request: empty_pb2.Empty, _context: object) -> empty_pb2.Empty:  # noqa: N802
        """Nothing is left to wait for."""
        self._session.touch()
        return empty_pb2.Empty()


def _abort(context: grpc.ServicerContext, code: grpc.StatusCode, message: str) -> Exception:
    """End the call with an error of the program's; gRPC raises by itself, the result only tells readers so."""
    context.abort(code, message)
    return RuntimeError(message)


def _read_dependencies(request: resource_pb2.RegisterResourceRequest, received: values.Received) -> dict[str, tuple[str, ...]]:
    """By property; a program that sends none means that every property depends on everything."""
    if request.propertyDependencies:
        given = {key: set(value.urns) for key, value in request.propertyDependencies.items()}
    else:
        given = {key: set(request.dependencies) for key in received.properties}
    for key, urns in received.dependencies.items():
        given.setdefault(key, set()).update(urns)
    return {key: tuple(sorted(urns)) for key, urns in given.items()}


def _read_position(position: source_pb2.SourcePosition) -> str:
    """`file:line`, "" where the SDK does not send it."""
    path = unquote(position.uri.removeprefix("file://"))
    return f"{path}:{position.line}" if path and position.line else path


def _answer_registration(request: resource_pb2.RegisterResourceRequest, registered: Registered) -> resource_pb2.RegisterResourceResponse:
    """Older SDKs take neither unknown values nor secrets."""
    outputs: Properties = registered.outputs if request.custom else {}
    if not request.supportsPartialValues:
        outputs = {key: value for key, value in outputs.items() if not values.contains_unknown(value)}
    sent = outputs if request.acceptSecrets else values.reveal(outputs)
    return resource_pb2.RegisterResourceResponse(
        urn=registered.urn, id="" if values.is_unknown(registered.id) else registered.id, object=values.write(sent)
    )


class Engine(engine_pb2_grpc.EngineServicer):
    """The log, and the root resource."""

    def __init__(self, session: Session) -> None:
        """No root resource yet."""
        self._session = session
        self._root = ""

    def Log(self, request: engine_pb2.LogRequest, _context: object) -> empty_pb2.Empty:  # noqa: N802
        """A message of the program; debug messages are dropped, and so are those that a later one replaces."""
        self._session.touch()
        if request.severity != engine_pb2.DEBUG and not request.ephemeral:
            words = {engine_pb2.WARNING: "warning: ", engine_pb2.ERROR: "error: "}
            self._session.log(words.get(request.severity, "") + request.message, error=request.severity == engine_pb2.ERROR)
        return empty_pb2.Empty()

    def GetRootResource(self, _request: object, _context: object) -> engine_pb2.GetRootResourceResponse:  # noqa: N802
        """The stack's URN."""
        return engine_pb2.GetRootResourceResponse(urn=self._root)

    def SetRootResource(  # noqa: N802
        self, request: engine_pb2.SetRootResourceRequest, _context: object
    ) -> engine_pb2.SetRootResourceResponse:
        """The stack says who it is."""
        self._root = request.urn
        return engine_pb2.SetRootResourceResponse()

    def RequirePulumiVersion(  # noqa: N802
        self, _request: object, _context: object
    ) -> engine_pb2.RequirePulumiVersionResponse:
        """There is no CLI whose version could be too old."""
        return engine_pb2.RequirePulumiVersionResponse()

    def StartDebugging(self, _request: object, _context: object) -> empty_pb2.Empty:  # noqa: N802
        """Nobody is there to attach."""
        return empty_pb2.Empty()


@contextmanager
def serve(deployment: Deployment, session: Session) -> Iterator[str]:
    """Both services on one loopback address, until the block ends."""
    server = grpc.server(futures.ThreadPoolExecutor(_THREADS), options=(*CHANNEL_OPTIONS, *_PATIENT))
    resource_pb2_grpc.add_ResourceMonitorServicer_to_server(Monitor(deployment, session), server)
    engine_pb2_grpc.add_EngineServicer_to_server(Engine(session), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(grace=None)
