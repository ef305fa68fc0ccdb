package ThuCongVu::Portal::Refusals;

# A refused sign-in takes as long whether there is such an account or not. The directory works out the hash of a password only where
# there is one, so that the time would tell what the words do not.

use strict;
use warnings;
use Mouse;
use Time::HiRes qw(clock_gettime sleep CLOCK_MONOTONIC);
use Lemonldap::NG::Portal::Main::Constants qw(PE_BADCREDENTIALS PE_PP_ACCOUNT_LOCKED PE_USERNOTFOUND);

extends 'Lemonldap::NG::Portal::Main::Plugin';

use constant aroundSub => { getUser => 'look', authenticate => 'hold' };

# Several times what the hash of a password takes. The process that waits serves nobody else, so not more.
use constant SECONDS => 0.25;

sub look {
    my ( $self, $step, $req, @more ) = @_;
    $req->data->{tcvAsked} = clock_gettime(CLOCK_MONOTONIC);
    return $self->hold( $step, $req, @more );
}

sub hold {
    my ( $self, $step, $req, @more ) = @_;
    my $result = $step->( $req, @more );
    return $result unless grep { $result == $_ } PE_BADCREDENTIALS, PE_PP_ACCOUNT_LOCKED, PE_USERNOTFOUND;
    my $left = $req->data->{tcvAsked} + SECONDS - clock_gettime(CLOCK_MONOTONIC);
    sleep $left if $left > 0;
    return $result;
}

sub init { return 1 }

1;
