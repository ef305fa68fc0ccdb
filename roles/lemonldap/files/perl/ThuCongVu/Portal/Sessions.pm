package ThuCongVu::Portal::Sessions;

# "Phiên đăng nhập": everybody sees from where they are signed in, and ends what is not theirs. A new password ends the sessions that
# the one before has opened, and a sign-out leads back to where it began.

use strict;
use warnings;
use utf8;
use Digest::SHA qw(sha256_hex);
use Mouse;
use Lemonldap::NG::Portal::Main::Constants qw(PE_OK PE_BADOTP PE_ERROR PE_TOKENEXPIRED);

extends qw(Lemonldap::NG::Portal::Main::Plugin Lemonldap::NG::Portal::Lib::OtherSessions);

use constant name               => 'tcvSessions';
use constant rule               => 1;
use constant betweenAuthAndData => 'noteBrowser';
use constant beforeLogout       => 'backToTheApplication';
use constant hook               => { passwordAfterChange => 'endOthers', sfAfterVerify => 'noteWrongFactor' };
with 'Lemonldap::NG::Portal::MenuTab';

has ott => (
    is      => 'rw',
    lazy    => 1,
    default => sub {
        my $ott = $_[0]->p->loadModule('::Lib::OneTimeToken');
        $ott->timeout( $_[0]->conf->{formTimeout} );
        return $ott;
    }
);

sub init {
    my ($self) = @_;
    $self->addAuthRoute( endsession => 'end', ['POST'] );
    return 1;
}

# As people call it, not as it calls itself.
sub browser {
    my ($agent) = @_;
    my ($name) = map { $_->[1] } grep { $agent =~ $_->[0] } (
        [ qr/Edg/,     'Edge' ],
        [ qr/coc_coc/, 'Cốc Cốc' ],
        [ qr/Firefox/, 'Firefox' ],
        [ qr/Chrom/,   'Chrome' ],
        [ qr/Safari/,  'Safari' ]
    );
    my ($system) = map { $_->[1] } grep { $agent =~ $_->[0] } (
        [ qr/Android/,     'Android' ],
        [ qr/iPhone|iPad/, 'iOS' ],
        [ qr/Windows/,     'Windows' ],
        [ qr/Mac OS/,      'macOS' ],
        [ qr/Linux/,       'Linux' ]
    );
    return join ', ', grep { defined } $name, $system;
}

sub noteBrowser {
    my ( $self, $req ) = @_;
    $req->sessionInfo->{tcvBrowser} = browser( $req->env->{HTTP_USER_AGENT} // '' );
    return PE_OK;
}

# Who has a password may guess codes next: the line is counted as that of a wrong password (roles/fail2ban).
sub noteWrongFactor {
    my ( $self, $req, $module, $session, $verified ) = @_;
    $self->userLogger->warn( 'Wrong second factor of ' . $session->{ $self->conf->{whatToTrace} } . ' (' . $req->address . ')' )
      if $verified->{result} == PE_BADOTP;
    return PE_OK;
}

# Who leaves from an application gets back to it. The sign-out of SAML applications sends everybody to the portal's own page instead,
# and what an application asked for (OpenID Connect RP-Initiated Logout 1.0, 3) is then not looked at any more.
sub backToTheApplication {
    my ( $self, $req ) = @_;
    delete $req->{urldc} if $req->param('post_logout_redirect_uri');
    return PE_OK;
}

# The sign-in sessions of somebody by their ids; an application's tokens are others.
sub sessionsOf {
    my ( $self, $user ) = @_;
    my $found = $self->module->searchOn( $self->moduleOpts, $self->conf->{whatToTrace}, $user ) || {};
    return { map { $_ => $found->{$_} } grep { ( $found->{$_}{_session_kind} // '' ) eq 'SSO' } keys %$found };
}

sub mine {
    my ( $self, $req ) = @_;
    return $self->sessionsOf( $req->userData->{ $self->conf->{whatToTrace} } );
}

# A session's id opens it, so a page names it by something else.
sub handle {
    my ($id) = @_;
    return substr( sha256_hex($id), 0, 16 );
}

# 20261125084500 is a number of seconds for the page's script.
sub moment {
    my ($written) = @_;
    require Time::Local;
    my @parts = ( $written // '' ) =~ /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/ or return;
    return Time::Local::timelocal( $parts[5], $parts[4], $parts[3], $parts[2], $parts[1] - 1, $parts[0] );
}

sub display {
    my ( $self, $req ) = @_;
    my $sessions = $self->mine($req);
    my @rows     = map {
        my $session = $sessions->{$_};
        {
            handle  => handle($_),
            current => $_ eq $req->userData->{_session_id} ? 1 : 0,
            begun   => moment( $session->{_startTime} ),
            address => $session->{ipAddr},
            browser => $session->{tcvBrowser},
        }
    } sort { ( $sessions->{$b}{_startTime} // '' ) cmp( $sessions->{$a}{_startTime} // '' ) } keys %$sessions;
    return {
        logo => 'desktop',
        name => 'tcvSessions',
        html => $self->loadTemplate(
            $req, 'tcvsessions',
            params => {
                SESSIONS => \@rows,
                OTHERS   => @rows > 1,
                TOKEN    => $self->ott->createToken( { user => $req->userData->{ $self->conf->{whatToTrace} } } ),
            }
        ),
    };
}

sub remove {
    my ( $self, $user, @ids ) = @_;
    for my $id (@ids) {
        my $session = $self->p->getApacheSession( $id, hashStore => 0 ) or next;
        $session->remove;
        $self->userLogger->notice("Session of $user ended on request");
    }
    return;
}

sub end {
    my ( $self, $req ) = @_;
    my $user  = $req->userData->{ $self->conf->{whatToTrace} };
    my $token = $self->ott->getToken( $req->param('token') // '' );
    return $self->p->do( $req, [ sub { PE_TOKENEXPIRED } ] ) unless $token and $token->{user} eq $user;
    my $wanted = $req->param('session') // '';
    $self->remove( $user, grep { handle($_) eq $wanted or $wanted eq 'others' }
          grep { $_ ne $req->userData->{_session_id} } keys %{ $self->mine($req) } );
    return [ 303, [ Location => $req->portal . '#tcvSessions' ], [] ];
}

sub endOthers {
    my ( $self, $req ) = @_;
    my $dn = $req->data->{dn} || ( $req->userData || {} )->{_dn} || '';
    # An entry is named after the register's id, which is what a session is filed under.
    my ($user) = $dn =~ /^[^=]+=([^,]+),/ or return PE_OK;
    my $current = ( $req->userData || {} )->{_session_id} // '';
    $self->remove( $user, grep { $_ ne $current } keys %{ $self->sessionsOf($user) } );
    return PE_OK;
}

1;
